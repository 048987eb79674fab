// Package gossip connects a node with its cluster: the links of the bus, memberlist on top of them, nodes.conf, and the driver
// goroutine that owns the machine of package cluster and does what it asks for. It decides nothing about the cluster itself.
//
//	     CLUSTER commands          readers of the slot table
//	           | Do                        ^ View
//	           v                           |
//	+--------- driver: one goroutine, owns *cluster.Machine ---------+
//	|   inbox (bounded)  -->  Step Merge Tick LinkUp ...             |
//	|   Ready            -->  nodes.conf, then View, then the rest   |
//	+-----^----------------------------^-------------------+---------+
//	      | frames, up, down           | deltas, losses    | broadcasts, state
//	+-----+----------+          +------+-------------------v--+
//	| mesh of links  |<-------->| memberlist                  |
//	+-----+----------+ packets, +-----------------------------+
//	      | TCP        streams
//	   other nodes
//
// # Words
//
//   - Link: one TCP connection between two lives of two nodes, with a bounded send buffer; frames arrive in the order in which
//     they were queued. Each pair has a control link (messages of the machine, memberlist packets) and, once somebody needs
//     it, a bulk link (memberlist streams, published messages).
//   - Peer name: node id and boot. A process that restarted is somebody new, to memberlist too.
//   - Member: a node that the machine wants a link to. It is dialled for ever, with back-off.
//   - Stranger: a node with a link that is no member, as at the begin of a MEET. There may be few.
//   - Interest: what a node has subscribers for. Published messages go over the bulk links to all nodes but those that said on
//     the same link that they have none; one that gets its first subscriber hears their acks before it answers it (pubsub.go).
//   - Frame: length 3 | type 1 | body. With a cluster-secret the body is sealed, and its header authenticated.
//
// # The life of a link
//
//	dial or accept -> handshake (bounded in number, time and bytes) -> installed as the current one -> frames -> closed
//
// The newest link of a kind is the current one, and those of another boot of the peer close. Links that cross are settled by
// the ids, alike on both sides (dial.go). Whatever closes a link, members are dialled again.
//
// # Trust
//
// With a cluster-secret, nobody who does not hold it gets past the handshake: X25519 keys of each link, mixed with the stretched
// secret, confirmed by both sides, dialler first (handshake.go). Without one, as in Redis, whoever reaches the port is believed
// to be who they say. Either way every length is bounded here before memberlist or the machine sees it (frame.go, stream.go,
// guard.go); what is malformed closes its link and is counted.
//
// # Goroutines and locks
//
// One driver per node; per link a reader and a writer; one per listener, dial and handshake; the dial loop; the joiner of
// memberlist; memberlist's own. Readers wait when the driver's inbox is full; the driver never waits for them, or for any link.
// Callbacks of memberlist hold its locks: they never wait and never call it.
//
// Lock order: talk.mu or talkPeer.mu, then mesh.mu, then link.mu or pendingSet.mu, then streamTable.mu, then stream.mu. members.mu is
// taken alone. No lock is held during I/O or a call of the driver.
//
// # Where to start
//
// node.go for the API, driver.go and execute.go for the loop, events.go for what feeds it; mesh.go, dial.go, listen.go and link.go
// for the links; transport.go and members.go for memberlist; store.go for nodes.conf.
package gossip
