// Package object holds the value types beyond strings: hashes, lists, sets,
// sorted sets and streams, as bytes in the arena. It knows neither keys nor
// locks: whoever calls holds the lock of the slot.
//
// # Words
//
//   - Value: the bytes of a keyspace entry. While a collection is small they
//     are a packed form of Redis, a listpack or an intset, byte for byte. Above
//     Redis' thresholds they are a short struct with the roots of trees.
//   - Host: the entry, as far as a value may change it: its length and encoding.
//   - Space: the arena, hash seed and snapshot books of a shard of the keyspace.
//   - Tree: a B+tree whose branches count the cells below them, so that rank and
//     index take as long as a search. One shape serves every type.
//   - Cell: an element in a leaf, a string of bytes that the tree does not
//     look into, with a key of fixed size for its order.
//   - Name: the part of a cell that orders cells of equal keys.
//   - Blob: a block of its own for a cell above 512 bytes.
//   - Epoch: the stamp on a node. A node older than the snapshot that is open
//     is copied before it is changed.
//
// # Picture
//
//	entry          branch, at most 4 KiB           leaf, at most 2 KiB
//	+-------+     +--------------------------+    +---------------------------------+
//	| root  |---> | head 8                   |    | head 16                         |
//	|  24   |     | key 16, ref 4, count 4   |--> | keys | offsets | gap | cells    |
//	| ...   |     | key 16, ref 4, count 4   |    +-------------------------|-------+
//	+-------+     | ...                      |                              +--> blob
//	              +--------------------------+
//
//	type        tree                key                        cell
//	list        by place            -                          element
//	            nodes of Redis      -                          elements, bytes
//	            nodes of Redis      -                          elements, bytes
//	set         by member           hash, 4                    member
//	hash        by field            hash, 4                    field, value, expiry
//	            by expiry           expiry and hash, 16        -
//	sorted set  by score            score, 8; then member      member
//	            by member           hash, 4                    score, member
//	stream      by ID               ID, 16                     listpack of entries
//	            PELs, groups ...    ID or name                 see stream.go
//
// Nodes have the size of what is in them, within a sixteenth, so that it does
// not matter for memory how trees were filled. Cells lie in the order of their
// keys; the gap beside them makes room at the end that grows.
//
// # Who owns what
//
// The entry owns the roots, a tree its nodes, a leaf its blobs. A node is
// changed in place unless a snapshot needs it; then the path to it is copied
// and the old nodes are kept in the space's books until the snapshot ends. What
// a reader gets, a cell or a packed element, lies in the arena and dies with
// the next change.
//
// An operation that fails for want of memory has changed nothing: new nodes are
// made from the leaf upwards and linked in last.
//
// # Where to start
//
// host.go, then tree.go (roots, positions, search), leaf.go and branch.go (the
// bytes), tree_edit.go, tree_split.go and tree_link.go (changes), value.go
// (freeing, copying and moving whole values). hash.go, list.go, set.go, zset.go
// and stream.go are the types.
package object
