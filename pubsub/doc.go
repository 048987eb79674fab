// Package pubsub remembers who listens to which channels, patterns and shard channels of a node. It delivers nothing: it
// answers whom a message is for, grouped by the thread that reaches them.
//
// # Words
//
//   - Topic: a channel, a pattern or a shard channel with at least one subscriber.
//   - Outlet: who writes to clients, as an event loop does. The package only compares outlets.
//   - Crowd: the subscribers of one topic at one outlet. A publisher leaves one message for each crowd; the outlet hands it
//     to the clients that are in the crowd at that moment.
//   - Member: one client with its subscriptions, in the order in which they were made.
//   - Bucket: the patterns that begin with the same literal bytes. A message looks only at the buckets that its channel's
//     name begins with, so that 100,000 patterns cost a publisher only those that could match.
//
// # Who guards what
//
//	Member.mu  ->  tableShard.mu  ->  bucketShard.mu
//	                              ->  Crowd.mu
//
// A member's mutex guards its set of subscriptions; it is taken by the client's owner, and by whoever takes a shard channel
// away because its slot left. The tables are cut into shards by the hash of the name, each with a short mutex over its map
// and the topics in it: publishers and subscribers of different topics do not meet. A crowd has a mutex of its own, since its
// outlet reads it while others subscribe. No lock is held while anything is sent.
//
// # Memory
//
// The strings of a topic are shared by the tables and all members. A topic with one subscriber is one block, besides its
// name, its place in the table and the subscription. A topic without subscribers does not exist.
//
// # Where to start
//
// registry.go for the tables and whom a message is for, member.go for subscribing, prefix.go for the buckets.
package pubsub
