// Package talks plays recorded conversations of several connections with a server: what issue after issue comes down to when
// clients wait for each other, watch each other's keys and talk to each other is which messages each of them gets, and in which
// order.
//
// A talk is a file of testdata/talks that reads like the conversation:
//
//	b: BLPOP k 0         connection b sends a command
//	b waits              the server says that b is blocked
//	a: LPUSH k x y       a sends two commands in one write
//	a+ LLEN k
//	a< :2                what a gets, in this order, as resp.Value prints it
//	a< :1
//	b< *[$"k" $"y"]      what b gets
//
// Every message that a step brings, to whichever connection, stands below that step; a message more, one less or another order
// is a failure. Other steps and the lines above the first step are listed in script.go.
//
// Words:
//
//   - Oracle: a real server. A message is recorded from redis 7.0 and 8.0 and valkey 8.1 alike; where they differ, a step names
//     those that do as 7.2 does (`a:8v SUBSCRIBE`), or the head of the file does (`oracles 8 v`).
//   - Stage: a server with the talk's connections and one more, the control connection, which looks who is blocked.
//   - Fence: oracles run everything on one thread, so once they answered a few PINGs of the control connection, all that a step
//     brings has been sent. Ours has several loops: there the recorded messages are awaited, then nothing more may be there.
//     At the end RESET on every connection finds what came too late.
//
// Recordings are made and checked behind the build tag `oracle`; plain `go test` plays them on ours, in RESP2 and RESP3, alone and
// in cluster mode. random_oracle_test.go makes talks up and compares ours with an oracle step by step.
//
// Ownership: a Stage and its connections belong to one goroutine. Start reading at script.go, then stage.go.
package talks
