// Package cluster is the cluster's brain as a pure state machine: what a node
// knows about the others, who owns which slot, who has failed, and what the
// CLUSTER commands answer. It has no sockets, files, goroutines or clock. Time
// is an argument, randomness a seed; what must happen outside comes back as a
// Ready that the driver (package gossip) executes. The same machine therefore
// runs under a simulated network with thousands of seeds.
//
//	   links, memberlist, timers, CLUSTER commands
//	     |  Step  Merge  Tick  LinkUp  Meet  AddSlots ...
//	     v
//	+---------+    Ready{Save, Send, Broadcast, Peers, Meet, View, Lost, Log}
//	| Machine | ------------------------------------------------------------> driver
//	+---------+                      Save is on disk before anything else happens
//	     |
//	     +--> *View, immutable: slots.Table, NODES, SLOTS, SHARDS, INFO
//
// # Words
//
//   - Record: what a node says about itself: addresses, shard, role,
//     configEpoch, claimed slots. Only its owner writes it; its Version is
//     (boot counter, sequence), and the newest wins. Records travel as opaque
//     bytes, so that fields of a newer release survive an older relay.
//   - Boot: one life of a node's process; its counter is persisted.
//   - Membership: last-writer-wins map id -> (version, member or forgotten).
//     Records of those who are not members are ignored. FORGET raises the
//     version; only MEET turns forgotten back into member.
//   - Claim: a slot in a primary's record. Binding: an entry in this node's own
//     slot table. They differ: see bind.go for when a claim changes a binding.
//   - Delta: membership entries and records, the unit of gossip.
//   - Digest: a hash over all versions that a node knows. Heartbeats carry it;
//     two nodes whose digests stay different compare versions (sync.go). So
//     everything converges even if every broadcast is lost.
//   - Voter: a primary that owns slots. Majorities are of voters.
//   - Shard: a primary and its replicas; they share a shard id.
//
// # States of a peer
//
//	            Meet            record + membership
//	(address) ------> handshake -------------------> member --- FORGET ---> forgotten
//	                      |                         /   ^  \                 |
//	                 timeout: dropped      no answer|   |   |                +-- MEET --> member
//	                                        for T   v   |answer
//	                                              PFAIL-+
//	                                                |  majority of voters reports it
//	                                                v
//	                                              FAIL  (cleared by Redis' rules: detect.go)
//
// # Memory and concurrency
//
// A Machine belongs to one goroutine, the driver. A View is immutable but for
// the heartbeat times, which are atomics shared with the machine, so that a
// heartbeat does not rebuild the view. Byte slices handed in are not kept; byte
// slices handed out are not touched again.
//
// # Where to start
//
// ready.go for the contract, machine.go for the entry points, then bind.go
// (slots), detect.go (failure), members.go (membership), meet.go.
//
// Sources: the Redis Cluster specification (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/)
// for epochs, failure detection and slot rules.
package cluster
