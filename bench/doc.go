//go:build linux

// Command bench measures this project's server and redis-server side by side and prints ratios; only ratios hold from one
// run or machine to the next.
//
//	go run ./bench                  everything, about half an hour
//	go run ./bench -quick           everything, small, about two minutes
//	go run ./bench -sections ops,memory -keys 1000000
//
// Words:
//
//   - Section: one kind of measurement (see sections in main.go); each is a file.
//   - Contender: a server executable with the directives it is started with. Both get the same ones.
//   - Round: every contender is measured once, turn by turn, so that a change of the machine hits both; a figure is the
//     median of its rounds.
//   - Case: what is measured, such as "GET hit, pipeline 16, 64 B, random of 1000000 keys".
//
// Both servers run on the machine of the load. The load comes from package load, one thread, whose share of a processor is
// printed beside the figures: above 95 % the load was the bottleneck. Server CPU is the kernel's CPU clock of the whole
// process, with collector, background threads and threads that have ended; resident memory is VmRSS minus that of the
// same server when empty.
//
// The results go to stdout as tables, to -json as data and to -svg as a chart, which the README shows.
//
// Start reading at main.go, then contender.go.
package main
