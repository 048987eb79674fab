// Package hostile holds tests in which clients and peers misbehave against a real process, and everybody else has to be
// served meanwhile.
//
// Words:
//
//   - Guilty: a connection that sends garbage, stops in the middle of a command, never reads its replies or keeps the server
//     waiting. It may get an error and be closed; nothing else may happen.
//   - Witness: an ordinary client that sends commands all the time. None of its commands may fail or be wrong.
//   - Bound: how much resident memory a test may cost, far above what is needed and far below what the guilty ask for.
//
// Every test starts a process of its own, reads VmRSS from /proc, and ends with the server as it was: same process, empty
// of connections, answering. Nothing asserts a time.
//
// Start reading at hostile_test.go.
package hostile
