package pubsub

import (
	"sync"
	"sync/atomic"
)

// Member is a client with its subscriptions. The client's owner calls its methods, one at a time; Drop may come from anybody.
type Member[C any, O comparable] struct {
	// Constant.
	r      *Registry[C, O]
	client C
	outlet O

	memory atomic.Int64 // bytes, about

	mu   sync.Mutex
	sets [kinds]set[C, O] // guarded by mu
}

// set are the subscriptions of one kind, in the order in which they were made.
type set[C any, O comparable] struct {
	first, last *subscription[C, O]
	n           int
	index       map[string]*subscription[C, O] // once there are many; else nil
}

// subscription is one client listening to one topic.
type subscription[C any, O comparable] struct {
	member     *Member[C, O]       // constant
	topic      *topic[C, O]        // constant
	crowd      *Crowd[C, O]        // constant
	place      int                 // in crowd.subs; guarded by the crowd's mutex
	prev, next *subscription[C, O] // guarded by the member's mutex
}

// manySubscriptions is the number above which a member's subscriptions are looked up instead of searched.
const manySubscriptions = 8

// subscriptionBytes is what a subscription costs beside its name, about: itself, and a place in three tables.
const subscriptionBytes = 256

func costOf(name string) int64 { return int64(subscriptionBytes + len(name)) }

// Memory is what the member's subscriptions cost, in bytes.
func (m *Member[C, O]) Memory() int64 { return m.memory.Load() }

// Join makes a member without subscriptions. It takes no memory of the registry.
func (r *Registry[C, O]) Join(client C, outlet O) *Member[C, O] {
	return &Member[C, O]{r: r, client: client, outlet: outlet}
}

// Count is how many subscriptions of a kind the member has.
func (m *Member[C, O]) Count(k Kind) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sets[k].n
}

// Total is how many subscriptions the member has.
func (m *Member[C, O]) Total() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.sets {
		n += m.sets[k].n
	}
	return n
}

// Names lists the subscriptions of a kind in the order in which they were made.
func (m *Member[C, O]) Names(k Kind) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]string, 0, m.sets[k].n)
	for s := m.sets[k].first; s != nil; s = s.next {
		out = append(out, s.topic.name)
	}
	return out
}

// Has reports whether the member listens to the name.
func (m *Member[C, O]) Has(k Kind, name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sets[k].find([]byte(name)) != nil
}

// Subscribe makes the client listen to the name, which is copied if nobody did before. It reports false if the client
// listens to it already.
func (m *Member[C, O]) Subscribe(k Kind, name []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	set := &m.sets[k]
	if set.find(name) != nil {
		return false
	}
	s := m.r.enter(m, k, name)
	set.add(s)
	m.memory.Add(costOf(s.topic.name))
	return true
}

// Unsubscribe ends it. It reports false if the client does not listen to the name.
func (m *Member[C, O]) Unsubscribe(k Kind, name []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sets[k].find(name)
	if s == nil {
		return false
	}
	m.sets[k].remove(s)
	m.memory.Add(-costOf(s.topic.name))
	m.r.exit(k, s)
	return true
}

// Drop is Unsubscribe that also tells how many subscriptions of the kind are left.
func (m *Member[C, O]) Drop(k Kind, name []byte) (left int, was bool) {
	was = m.Unsubscribe(k, name)
	return m.Count(k), was
}

// Close ends all subscriptions.
func (m *Member[C, O]) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.sets {
		for s := m.sets[k].first; s != nil; s = s.next {
			m.r.exit(Kind(k), s)
		}
		m.sets[k] = set[C, O]{}
	}
	m.memory.Store(0)
}

// Client is the client that Join was given.
func (m *Member[C, O]) Client() C { return m.client }

// Outlet is the outlet that Join was given.
func (m *Member[C, O]) Outlet() O { return m.outlet }

// enter makes the topic if need be and puts the member into its crowd.
func (r *Registry[C, O]) enter(m *Member[C, O], k Kind, name []byte) *subscription[C, O] {
	sh := r.shardOf(k, name)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	t := sh.topics[string(name)]
	if t == nil {
		t = &topic[C, O]{name: string(name), shard: sh}
		sh.topics[t.name] = t
		r.tables[k].count.Add(1)
		if k == Pattern {
			r.prefix.add(t)
		}
	}
	t.n++
	c := t.crowdLocked(m.outlet, k)
	s := &subscription[C, O]{member: m, topic: t, crowd: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.place = len(c.subs)
	if c.subs == nil {
		c.subs = c.one[:0]
	}
	c.subs = append(c.subs, listener[C, O]{m.client, s})
	return s
}

// exit takes a subscription out of its crowd, and what is empty then out of the table.
func (r *Registry[C, O]) exit(k Kind, s *subscription[C, O]) {
	t := s.topic
	t.shard.mu.Lock()
	defer t.shard.mu.Unlock()
	t.n--
	if s.crowd.removed(s) {
		t.leaveLocked(s.crowd)
	}
	if t.n > 0 {
		return
	}
	delete(t.shard.topics, t.name)
	r.tables[k].count.Add(-1)
	if k == Pattern {
		r.prefix.remove(t)
	}
}

// removed takes a subscription out and reports whether nobody is left.
func (c *Crowd[C, O]) removed(s *subscription[C, O]) (empty bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.subs) - 1
	moved := c.subs[last]
	c.subs[s.place] = moved
	moved.sub.place = s.place
	c.subs[last] = listener[C, O]{}
	c.subs = c.subs[:last]
	return last == 0
}

// Leaving is a subscription that Select chose.
type Leaving[C any, O comparable] struct {
	Member *Member[C, O]
	Name   string
}

// Select lists the subscriptions of a kind to the names that f accepts. A part of the table is locked while f runs.
func (r *Registry[C, O]) Select(k Kind, f func(name string) bool) (out []Leaving[C, O]) {
	for i := range r.tables[k].shards {
		sh := &r.tables[k].shards[i]
		sh.mu.Lock()
		for name, t := range sh.topics {
			if !f(name) {
				continue
			}
			for _, c := range t.crowds {
				c.mu.Lock()
				for _, l := range c.subs {
					out = append(out, Leaving[C, O]{l.sub.member, name})
				}
				c.mu.Unlock()
			}
		}
		sh.mu.Unlock()
	}
	return out
}

func (t *set[C, O]) find(name []byte) *subscription[C, O] {
	if t.index != nil {
		return t.index[string(name)]
	}
	for s := t.first; s != nil; s = s.next {
		if s.topic.name == string(name) {
			return s
		}
	}
	return nil
}

func (t *set[C, O]) add(s *subscription[C, O]) {
	if t.last == nil {
		t.first = s
	} else {
		t.last.next, s.prev = s, t.last
	}
	t.last = s
	t.n++
	switch {
	case t.index != nil:
		t.index[s.topic.name] = s
	case t.n > manySubscriptions:
		t.index = make(map[string]*subscription[C, O])
		for s := t.first; s != nil; s = s.next {
			t.index[s.topic.name] = s
		}
	}
}

func (t *set[C, O]) remove(s *subscription[C, O]) {
	if s.prev == nil {
		t.first = s.next
	} else {
		s.prev.next = s.next
	}
	if s.next == nil {
		t.last = s.prev
	} else {
		s.next.prev = s.prev
	}
	s.prev, s.next = nil, nil
	t.n--
	if t.n == 0 {
		t.index = nil
	} else if t.index != nil {
		delete(t.index, s.topic.name)
	}
}
