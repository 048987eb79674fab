package tracking

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Prefix is a prefix that some client wants to hear about.
type Prefix struct {
	text string
	// clients is replaced, never changed: ascending.
	clients atomic.Pointer[[]Client]
}

// Text is the prefix.
func (p *Prefix) Text() string { return p.text }

// Clients are those that want to hear about it now, ascending; it must not be
// changed.
func (p *Prefix) Clients() []Client { return *p.clients.Load() }

// Prefixes holds the clients by prefix.
type Prefixes struct {
	n  atomic.Int64
	mu sync.RWMutex
	// Guarded by mu.
	byText  map[string]*Prefix
	lengths []length // ascending
}

// length is a length that some prefixes have.
type length struct{ bytes, prefixes int }

// Len is the number of prefixes.
func (t *Prefixes) Len() int64 { return t.n.Load() }

// Add lets a client hear about a prefix.
func (t *Prefixes) Add(prefix string, c Client) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byText[prefix]
	if p == nil {
		if t.byText == nil {
			t.byText = make(map[string]*Prefix)
		}
		p = &Prefix{text: prefix}
		p.clients.Store(new([]Client))
		t.byText[prefix] = p
		t.countLength(len(prefix), 1)
	}
	was := p.Clients()
	i, found := slices.BinarySearch(was, c)
	if found {
		return
	}
	now := slices.Insert(slices.Clone(was), i, c)
	p.clients.Store(&now)
}

// Remove ends Add.
func (t *Prefixes) Remove(prefix string, c Client) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byText[prefix]
	if p == nil {
		return
	}
	now := slices.DeleteFunc(slices.Clone(p.Clients()), func(o Client) bool { return o == c })
	p.clients.Store(&now)
	if len(now) == 0 {
		delete(t.byText, prefix)
		t.countLength(len(prefix), -1)
	}
}

func (t *Prefixes) countLength(bytes, by int) {
	t.n.Add(int64(by))
	i, found := slices.BinarySearchFunc(t.lengths, bytes, func(l length, n int) int { return l.bytes - n })
	if !found {
		t.lengths = slices.Insert(t.lengths, i, length{bytes: bytes})
	}
	if t.lengths[i].prefixes += by; t.lengths[i].prefixes == 0 {
		t.lengths = slices.Delete(t.lengths, i, i+1)
	}
}

// match appends the prefixes of key, the shortest first: a look-up for each
// length that there is, however many prefixes there are.
func (t *Prefixes) match(key []byte, out []*Prefix) []*Prefix {
	if t.n.Load() == 0 {
		return out
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, l := range t.lengths {
		if l.bytes > len(key) {
			break
		}
		if p := t.byText[string(key[:l.bytes])]; p != nil {
			out = append(out, p)
		}
	}
	return out
}
