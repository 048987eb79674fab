package cluster

import (
	"sync/atomic"
	"time"

	"clusternode/slots"
)

// node is what the machine knows of one member, itself included.
type node struct {
	id  string
	rec Record
	raw []byte // rec as its owner encoded it; nil: known from nodes.conf only, not passed on

	owned int // slots bound to the node in this node's table
	place int // index in Machine.order; valid after Machine.boundRanges

	link     bool
	nextPing time.Duration
	token    uint64        // of the outstanding heartbeat
	since    time.Duration // when it was first sent; 0: none is outstanding
	answered time.Duration // when the last answer came; 0: never
	cleared  time.Duration // when the last answered heartbeat that said "clear" was first sent; 0: never
	mismatch time.Duration // since when the digests differ; 0: they did not at the last heartbeat
	reported bool          // our last list of unreachable nodes reached for it was not empty
	badClaim bool          // it claims a slot that is bound to a node with a greater configEpoch

	pfail, fail bool
	failAt      time.Duration
	reports     map[string]time.Duration // who cannot reach the node, and when they said so

	pulse *pulse
}

// pulse is what views show of a node's heartbeat. The machine stores, readers
// of any view load.
type pulse struct {
	pingSent, pongReceived atomic.Int64 // unix ms; 0: none outstanding, never
	link                   atomic.Bool
}

func newNode(id string) *node { return &node{id: id, pulse: new(pulse), rec: Record{ID: id}} }

func (n *node) primary() bool { return n.rec.IsPrimary() }

// voter reports whether the node counts for majorities.
func (n *node) voter() bool { return n.primary() && n.owned > 0 }

func (n *node) epoch() uint64 { return n.rec.ConfigEpoch }

// label is how log lines name a node, as in Redis: id and human name.
func (n *node) label() string { return n.id + " (" + n.rec.HumanName + ")" }

// claims reports whether the node says that the slot is its own.
func (n *node) claims(s slots.Slot) bool { return n.primary() && n.rec.Claims.Has(s) }

// index is the node's index in the slots.Table of the view being built.
func (n *node) index() slots.NodeIndex { return slots.NodeIndex(n.place + 1) }
