package slots

import "strconv"

// Verdict is what a node does with a command for some slot.
type Verdict uint8

const (
	// Serve: run it here.
	Serve Verdict = iota
	// Moved: another node serves the slot; ask it from now on.
	Moved
	// Ask: the slot is on the move and its keys are at the target already;
	// ask there once, after ASKING.
	Ask
	// TryAgain: the slot is on the move and only some of the keys are here.
	TryAgain
	// CrossSlot: the keys belong to different slots.
	CrossSlot
	// DownState: cluster_state is fail.
	DownState
	// DownReadOnly: cluster_state is fail and only reads are served.
	DownReadOnly
	// DownUnbound: nobody owns the slot.
	DownUnbound
)

// Request is a command as Route sees it.
type Request struct {
	Slot Slot // of the first key
	// Cross: not all keys are in Slot. Several: there is more than one key.
	Cross, Several bool
	// Write: the command changes keys, or may.
	Write bool
	// Asking: ASKING came before, or the command implies it.
	Asking bool
	// ReadOnly: the client sent READONLY.
	ReadOnly bool
	// Migrate: the command is MIGRATE, which works on slots on the move.
	Migrate bool
}

// Missing tells how many of the command's keys exist here; asked only for
// slots on the move.
type Missing func() (existing, missing int)

// Route decides what this node does with a command that names at least one
// key, and for Moved and Ask returns the node to go to. The order of checks is
// Redis' getNodeByQuery.
func (t *Table) Route(r Request, keys Missing) (Verdict, NodeIndex) {
	owner := t.owner[r.Slot]
	switch {
	case owner == NoNode:
		return DownUnbound, NoNode
	case r.Cross:
		return CrossSlot, NoNode
	}
	if t.down {
		if !t.readsInDown {
			return DownState, NoNode
		}
		if r.Write {
			return DownReadOnly, NoNode
		}
	}
	if len(t.migrating)+len(t.importing) > 0 {
		if v, to, decided := t.onTheMove(r, owner, keys); decided {
			return v, to
		}
	}
	switch {
	case owner == t.myself:
		return Serve, owner
	case r.ReadOnly && !r.Write && t.Mine(r.Slot):
		return Serve, t.myself
	}
	return Moved, owner
}

// onTheMove decides for a slot that this node is giving away or taking.
func (t *Table) onTheMove(r Request, owner NodeIndex, keys Missing) (v Verdict, to NodeIndex, decided bool) {
	target, migrating := t.migrating[r.Slot]
	migrating = migrating && owner == t.myself
	_, importing := t.importing[r.Slot]
	importing = importing && !migrating
	switch {
	case !migrating && !importing:
		return Serve, NoNode, false
	case r.Migrate:
		return Serve, t.myself, true
	case importing && !r.Asking:
		return Serve, NoNode, false
	}
	existing, missing := keys()
	switch {
	case migrating && missing > 0 && existing > 0:
		return TryAgain, NoNode, true
	case migrating && missing > 0:
		return Ask, target, true
	case importing && r.Several && missing > 0:
		return TryAgain, NoNode, true
	}
	return Serve, t.myself, true
}

// AppendRedirect appends the error text of Moved or Ask, without the leading
// '-': "MOVED 3999 127.0.0.1:6381".
func (t *Table) AppendRedirect(b []byte, v Verdict, s Slot, to NodeIndex) []byte {
	if v == Moved {
		b = append(b, "MOVED "...)
	} else {
		b = append(b, "ASK "...)
	}
	e := t.Node(to).Endpoint
	b = strconv.AppendUint(b, uint64(s), 10)
	b = append(b, ' ')
	b = append(b, e.Host...)
	b = append(b, ':')
	return strconv.AppendInt(b, int64(e.Port), 10)
}
