// Package load sends requests to a RESP server as cheaply as it can, so that a measurement on a machine of few cores is
// one of the server and not of its load.
//
// Words:
//
//   - Plan: where to, how many connections, how many requests per batch (the pipeline), what they are, and how long.
//   - Closed loop: every connection sends its next batch when the replies to the last one are complete; measures throughput.
//   - Open loop (Plan.Rate): requests leave at fixed points in time whether or not the server keeps up, and a latency counts
//     from the point at which its request was due, so that a stall shows in every request that it held up.
//   - Command: the fixed text of a request with the place of twelve digits in it that change from request to request.
//
// One thread, locked, owns the connections of a run: raw non-blocking sockets in one epoll set, requests prepared in
// advance and patched in place, replies counted by a scanner that skips bulks without looking at them. Result.CPU says
// what that thread used; when it comes near Elapsed, the load was the bottleneck and the figures are worth nothing.
//
// Start reading at run.go.
package load
