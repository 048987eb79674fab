// Package difftest compares this project's server with real ones: the same random history of commands goes to both, and
// every reply and the keyspace at the end must be equal.
//
// Words:
//
//   - History: the protocol, the oracle it is for, and a list of steps; a Step is one command (or raw bytes) on one of two
//     connections. Its text form (script.go) is what failing histories are saved in.
//   - Oracle: a real server (see testserver.OracleNames). What it does differently from Redis 7.2, the version that ours
//     follows, stands in one table, oracles.go, and histories for that oracle leave those commands out.
//   - Rule: how the two replies to a command are compared: byte for byte unless rules.go says otherwise.
//   - Divergence: the first step whose replies break their rule.
//
// The path of a history:
//
//	gen*.go (seed) -> Run: step by step on both servers -> Divergence -> Shrink (fewer, shorter steps) -> testdata/failing/*.txt
//
// Commands are sent in lockstep, one at a time, because the histories use two connections whose order is part of the
// meaning (WATCH, MULTI). A saved script is replayed first, before any random history, and stays as regression test.
//
// Determinism: a history never depends on how fast it runs. Expirations lie days away or in the past, relative ones are all
// different multiples of 1000 s so that GT and LT have one answer, and active expiry is off in both servers.
//
// The random runs need an oracle and live behind the build tag `oracle` (`make diff`); the parts of the harness, and that
// it finds and shrinks a planted bug, are tested without one.
//
// Ownership: a session owns its connections and is used by one goroutine; nothing is shared between runs but the two
// servers. Start reading at run.go.
package difftest
