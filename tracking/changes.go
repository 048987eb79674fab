package tracking

import (
	"bytes"
	"slices"
	"strings"
)

// Changes collects the keys that an executor changes, by prefix, until it
// takes them at the end of its round. A client that hears about the same key
// for ever so many changes of a round hears about it once.
type Changes struct {
	byPrefix map[*Prefix]*changed
	log      []byte // the keys
	found    []*Prefix
}

// changed are the changes under one prefix, in their order.
type changed struct{ keys []change }

// change is a key, from begin to end in the log, and who changed it, 0 for
// nobody.
type change struct {
	begin, end int
	by         Client
}

// Largest memory that is kept from one round to the next, bytes of keys.
const keptChanges = 64 << 10

// Add remembers a change of key by a client, or 0, for the prefixes that it
// has now.
func (c *Changes) Add(t *Prefixes, key []byte, by Client) {
	c.found = t.match(key, c.found[:0])
	if len(c.found) == 0 {
		return
	}
	at := change{begin: len(c.log), end: len(c.log) + len(key), by: by}
	c.log = append(c.log, key...)
	if c.byPrefix == nil {
		c.byPrefix = make(map[*Prefix]*changed)
	}
	for _, p := range c.found {
		list := c.byPrefix[p]
		if list == nil {
			list = new(changed)
			c.byPrefix[p] = list
		}
		list.keys = append(list.keys, at)
	}
}

// Any reports whether there is something to Take.
func (c *Changes) Any() bool { return len(c.log) > 0 || len(c.byPrefix) > 0 }

// Key is a changed key.
type Key struct {
	Name []byte
	By   Client // who changed it last, 0 for nobody
}

// Take calls f with each prefix and its changed keys, both in the order of
// their bytes and each once, and forgets them. Neither slice nor keys may be
// kept.
func (c *Changes) Take(f func(p *Prefix, keys []Key)) {
	if !c.Any() {
		return
	}
	prefixes := make([]*Prefix, 0, len(c.byPrefix))
	for p := range c.byPrefix {
		prefixes = append(prefixes, p)
	}
	slices.SortFunc(prefixes, func(a, b *Prefix) int { return strings.Compare(a.text, b.text) })
	for _, p := range prefixes {
		f(p, c.sorted(c.byPrefix[p].keys))
	}
	clear(c.byPrefix)
	if c.log = c.log[:0]; cap(c.log) > keptChanges {
		c.log, c.byPrefix = nil, nil
	}
}

// sorted returns the keys, ascending, each with its last change.
func (c *Changes) sorted(list []change) []Key {
	key := func(at change) []byte { return c.log[at.begin:at.end] }
	slices.SortStableFunc(list, func(a, b change) int { return bytes.Compare(key(a), key(b)) })
	out := make([]Key, 0, len(list))
	for _, at := range list {
		if n := len(out); n > 0 && bytes.Equal(out[n-1].Name, key(at)) {
			out[n-1].By = at.by
		} else {
			out = append(out, Key{key(at), at.by})
		}
	}
	return out
}
