package pubsub

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// Kind says what a name stands for.
type Kind uint8

const (
	// Channel: SUBSCRIBE and PUBLISH.
	Channel Kind = iota
	// Pattern: PSUBSCRIBE; gets what is published to the channels that it matches.
	Pattern
	// Shard: SSUBSCRIBE and SPUBLISH; a namespace of its own.
	Shard
	kinds
)

// Registry holds the subscriptions of one node. C is a client, O an outlet. Its methods may be called from any goroutine.
type Registry[C any, O comparable] struct {
	seed   maphash.Seed // constant
	tables [kinds]table[C, O]
	prefix prefixIndex[C, O]
}

// tableShards is how many parts a table has, each with a mutex: enough for the loops of a node to pass each other.
const tableShards = 64

// table holds the topics of one kind.
type table[C any, O comparable] struct {
	count  atomic.Int64 // topics
	shards [tableShards]tableShard[C, O]
}

type tableShard[C any, O comparable] struct {
	mu     sync.Mutex
	topics map[string]*topic[C, O] // guarded by mu, as is all of a topic but its name
	_      [48]byte                // a cache line each
}

// topic is a channel, pattern or shard channel that somebody listens to.
type topic[C any, O comparable] struct {
	name   string // constant
	shard  *tableShard[C, O]
	crowds []*Crowd[C, O]     // one per outlet
	index  map[O]*Crowd[C, O] // the same, once there are many; else nil
	n      int                // subscribers in all crowds
	place  int                // of a pattern, in its bucket; guarded by the bucket's lock

	// The first crowd and the list of it need no blocks of their own.
	first Crowd[C, O]
	one   [1]*Crowd[C, O]
}

// Crowd are the subscribers of one topic at one outlet.
type Crowd[C any, O comparable] struct {
	// Constant.
	Outlet O
	Name   string // of the topic
	Kind   Kind

	mu   sync.Mutex
	subs []listener[C, O] // guarded by mu
	one  [1]listener[C, O]
}

// listener is a member's place in a crowd.
type listener[C any, O comparable] struct {
	client C
	sub    *subscription[C, O]
}

// New makes an empty registry.
func New[C any, O comparable]() *Registry[C, O] {
	r := &Registry[C, O]{seed: maphash.MakeSeed()}
	for k := range r.tables {
		for i := range r.tables[k].shards {
			r.tables[k].shards[i].topics = make(map[string]*topic[C, O])
		}
	}
	r.prefix.init(r.seed)
	return r
}

func (r *Registry[C, O]) shardOf(k Kind, name []byte) *tableShard[C, O] {
	return &r.tables[k].shards[maphash.Bytes(r.seed, name)%tableShards]
}

// Topics is how many names of a kind have subscribers.
func (r *Registry[C, O]) Topics(k Kind) int { return int(r.tables[k].count.Load()) }

// Subscribers is how many clients listen to the name.
func (r *Registry[C, O]) Subscribers(k Kind, name []byte) int {
	if r.Topics(k) == 0 {
		return 0
	}
	sh := r.shardOf(k, name)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if t := sh.topics[string(name)]; t != nil {
		return t.n
	}
	return 0
}

// Each calls f with every name of a kind and the number of its subscribers, in no order. A part of the table is locked
// meanwhile: f must not call the registry.
func (r *Registry[C, O]) Each(k Kind, f func(name string, subscribers int)) {
	for i := range r.tables[k].shards {
		sh := &r.tables[k].shards[i]
		sh.mu.Lock()
		for name, t := range sh.topics {
			f(name, t.n)
		}
		sh.mu.Unlock()
	}
}

// Receivers appends the crowds that a message to the channel is for: those of the channel itself first, then those of the
// patterns that match. n is how many subscribers they have together; one that listens twice counts twice.
func (r *Registry[C, O]) Receivers(channel []byte, to []*Crowd[C, O]) (crowds []*Crowd[C, O], n int) {
	if r.Topics(Channel) > 0 {
		to, n = r.crowdsOf(Channel, channel, to)
	}
	if r.Topics(Pattern) == 0 {
		return to, n
	}
	var some [16]*topic[C, O]
	for _, t := range r.prefix.matching(channel, some[:0]) {
		t.shard.mu.Lock()
		to, n = append(to, t.crowds...), n+t.n
		t.shard.mu.Unlock()
	}
	return to, n
}

// ShardReceivers is Receivers for a shard channel, which no pattern matches.
func (r *Registry[C, O]) ShardReceivers(channel []byte, to []*Crowd[C, O]) (crowds []*Crowd[C, O], n int) {
	if r.Topics(Shard) == 0 {
		return to, 0
	}
	return r.crowdsOf(Shard, channel, to)
}

func (r *Registry[C, O]) crowdsOf(k Kind, name []byte, to []*Crowd[C, O]) ([]*Crowd[C, O], int) {
	sh := r.shardOf(k, name)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	t := sh.topics[string(name)]
	if t == nil {
		return to, 0
	}
	return append(to, t.crowds...), t.n
}

// Candidates is how many patterns a message to the channel is compared with.
func (r *Registry[C, O]) Candidates(channel []byte) int {
	if r.Topics(Pattern) == 0 {
		return 0
	}
	return r.prefix.candidates(channel)
}

// Clients appends the clients that are in the crowd now.
func (c *Crowd[C, O]) Clients(to []C) []C {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.subs {
		to = append(to, c.subs[i].client)
	}
	return to
}

// manyCrowds is the number of outlets of one topic above which they are looked up instead of searched: where every
// connection is an outlet of its own, a channel may have thousands.
const manyCrowds = 16

// crowdLocked finds the topic's crowd at an outlet, and makes it if there is none.
func (t *topic[C, O]) crowdLocked(o O, k Kind) *Crowd[C, O] {
	if t.index != nil {
		if c := t.index[o]; c != nil {
			return c
		}
	} else {
		for _, c := range t.crowds {
			if c.Outlet == o {
				return c
			}
		}
	}
	c := &t.first
	if t.crowds == nil {
		t.crowds = t.one[:0]
	} else {
		c = new(Crowd[C, O])
	}
	c.Outlet, c.Name, c.Kind = o, t.name, k
	t.crowds = append(t.crowds, c)
	switch {
	case t.index != nil:
		t.index[o] = c
	case len(t.crowds) > manyCrowds:
		t.index = make(map[O]*Crowd[C, O])
		for _, c := range t.crowds {
			t.index[c.Outlet] = c
		}
	}
	return c
}

// leaveLocked takes an empty crowd out. Who holds it finds nobody in it.
func (t *topic[C, O]) leaveLocked(c *Crowd[C, O]) {
	if t.index != nil {
		delete(t.index, c.Outlet)
	}
	last := len(t.crowds) - 1
	for i := range t.crowds {
		if t.crowds[i] == c {
			t.crowds[i] = t.crowds[last]
			break
		}
	}
	t.crowds[last] = nil
	t.crowds = t.crowds[:last]
}
