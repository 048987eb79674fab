package command

import (
	"clusternode/object"
	"clusternode/slots"
)

// A command that waits for keys (BLPOP, XREAD BLOCK, ...) first tries, like its
// sibling that does not wait. When there is nothing to take it asks for Block
// and returns without a reply. The executor registers the client with the keys
// and keeps its arguments; whoever changes one of the keys runs the handler
// again, in the order in which clients came, until it replies.

// Wait is what a handler waits for.
type Wait struct {
	Keys  []Key       // one of Ctx.Keys or several; empty: the handler does not wait
	Until int64       // unix milliseconds; 0: for ever
	Type  object.Type // a key of another type is no reason to try again
	// Gone: that the key is removed, or has another type, is a reason, too.
	Gone bool
}

// ReadyKey is a key that somebody waits for, and that may have what they want.
type ReadyKey struct {
	DB   int
	Slot slots.Slot
	Hash uint64
	Key  string
}

// CanWait reports whether the command may wait: within EXEC nothing does, the
// handler replies at once what it replies after the time is up.
func (c *Ctx) CanWait() bool { return c.C.Flags&ClientInExec == 0 }

// Block makes the client wait; the handler returns without a reply. It is for
// those who asked CanWait.
func (c *Ctx) Block(w Wait) { c.Wait = w }

func (c *Ctx) ready(k *Key) {
	c.Ready = append(c.Ready, ReadyKey{DB: k.DB, Slot: k.Slot, Hash: k.Hash, Key: string(k.Bytes)})
}
