package slots

import "iter"

// NodeIndex names a node within one Table; NoNode is none.
type NodeIndex uint16

// NoNode marks a slot without owner, source or target.
const NoNode NodeIndex = 0

// MaxNodes is how many nodes a Table can name.
const MaxNodes = 1<<16 - 2

// Endpoint is where clients reach a node, as redirects print it.
type Endpoint struct {
	Host string // may be "" (unknown endpoint) or "?"
	Port int
}

// Node is what a table knows of one node.
type Node struct {
	ID       string   // 40 hexadecimal digits
	Endpoint Endpoint // for MOVED and ASK
	Primary  NodeIndex
	// Primary is the node's own index if it is a primary.
}

// Table says for every slot who owns it, and whether it is on the move from or
// to this node. It is immutable: changes make a new one with a Builder.
type Table struct {
	nodes     []Node // by NodeIndex-1
	owner     [Count]NodeIndex
	importing map[Slot]NodeIndex // this node takes the slot from that one
	migrating map[Slot]NodeIndex // this node gives the slot to that one
	myself    NodeIndex
	assigned  int

	down        bool // cluster_state is fail
	readsInDown bool // cluster-allow-reads-when-down
}

// Owner returns the index of the slot's owner, or NoNode.
func (t *Table) Owner(s Slot) NodeIndex { return t.owner[s] }

// Node returns what is known of a node. i is not NoNode.
func (t *Table) Node(i NodeIndex) *Node { return &t.nodes[i-1] }

// Myself is the index of the node that the table belongs to.
func (t *Table) Myself() NodeIndex { return t.myself }

// Mine reports whether this node, or its primary, owns the slot.
func (t *Table) Mine(s Slot) bool {
	o := t.owner[s]
	return o != NoNode && o == t.Node(t.myself).Primary
}

// Assigned counts the slots that have an owner.
func (t *Table) Assigned() int { return t.assigned }

// Down reports whether cluster_state is fail.
func (t *Table) Down() bool { return t.down }

// Importing returns the node that the slot comes from, or NoNode.
func (t *Table) Importing(s Slot) NodeIndex { return t.importing[s] }

// Migrating returns the node that the slot goes to, or NoNode.
func (t *Table) Migrating(s Slot) NodeIndex { return t.migrating[s] }

// Owned yields the maximal ranges of slots with one owner, ascending; slots
// without owner are left out.
func (t *Table) Owned() iter.Seq2[Range, NodeIndex] {
	return func(yield func(Range, NodeIndex) bool) {
		for i := 0; i < Count; {
			j := i + 1
			for j < Count && t.owner[j] == t.owner[i] {
				j++
			}
			if t.owner[i] != NoNode && !yield(Range{Slot(i), Slot(j - 1)}, t.owner[i]) {
				return
			}
			i = j
		}
	}
}

// Builder collects a Table.
type Builder struct{ t *Table }

// NewBuilder starts an empty table.
func NewBuilder() *Builder { return &Builder{t: new(Table)} }

// AddNode adds a node that is its own primary and returns its index.
func (b *Builder) AddNode(id string, e Endpoint) NodeIndex {
	b.t.nodes = append(b.t.nodes, Node{ID: id, Endpoint: e, Primary: NodeIndex(len(b.t.nodes) + 1)})
	return NodeIndex(len(b.t.nodes))
}

// SetPrimary makes node i a replica of primary.
func (b *Builder) SetPrimary(i, primary NodeIndex) { b.t.nodes[i-1].Primary = primary }

// SetMyself says whose table it is.
func (b *Builder) SetMyself(i NodeIndex) { b.t.myself = i }

// SetOwner gives the slot to a node.
func (b *Builder) SetOwner(s Slot, i NodeIndex) { b.t.owner[s] = i }

// SetImporting marks the slot as coming from a node.
func (b *Builder) SetImporting(s Slot, from NodeIndex) {
	if b.t.importing == nil {
		b.t.importing = make(map[Slot]NodeIndex)
	}
	b.t.importing[s] = from
}

// SetMigrating marks the slot as going to a node.
func (b *Builder) SetMigrating(s Slot, to NodeIndex) {
	if b.t.migrating == nil {
		b.t.migrating = make(map[Slot]NodeIndex)
	}
	b.t.migrating[s] = to
}

// SetState records cluster_state and the directives that say what is served
// while it is fail.
func (b *Builder) SetState(down, readsWhenDown bool) {
	b.t.down, b.t.readsInDown = down, readsWhenDown
}

// Build returns the table. The builder is not used again.
func (b *Builder) Build() *Table {
	t := b.t
	b.t = nil
	for _, o := range t.owner {
		if o != NoNode {
			t.assigned++
		}
	}
	return t
}
