package config

import (
	"slices"
	"strings"

	"clusternode/resp"
)

// Pair is a parameter of CONFIG SET and its value, or what CONFIG GET says.
type Pair struct{ Name, Value string }

// SetError is why CONFIG SET changed nothing.
type SetError struct {
	Arg     string // the argument that is to blame
	Reason  string
	Unknown bool // Arg names no directive
}

// Error is Redis' text without the "ERR ".
func (e *SetError) Error() string {
	if e.Unknown {
		return "Unknown option or number of arguments for CONFIG SET - '" + resp.Quoted([]byte(e.Arg)) + "'"
	}
	return "CONFIG SET failed (possibly related to argument '" + resp.Quoted([]byte(e.Arg)) + "') - " + e.Reason
}

// Set changes several directives at once, or none. All values are checked
// first, then stored, then the hooks of those that changed run; if one fails
// the old values are put back and its text is the reason. loopback says that
// the asking client is on this machine, for enable-protected-configs local.
// Errors are *SetError.
func (c *Config) Set(pairs []Pair, loopback bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ds, err := c.mayChange(pairs, loopback)
	if err != nil {
		return err
	}
	staged, err := c.stage(ds, pairs)
	if err != nil {
		return err
	}
	return c.apply(ds, staged)
}

// mayChange finds the directives and refuses what may not be set, whatever the
// value.
func (c *Config) mayChange(pairs []Pair, loopback bool) ([]*Directive, error) {
	ds := make([]*Directive, len(pairs))
	for i, p := range pairs {
		d := Lookup(p.Name)
		switch {
		case d == nil:
			return nil, &SetError{Arg: p.Name, Unknown: true}
		case d.Immutable():
			return nil, &SetError{Arg: p.Name, Reason: "can't set immutable config"}
		case d.Protected() && !c.Allowed("enable-protected-configs", loopback):
			return nil, &SetError{Arg: p.Name, Reason: "can't set protected config"}
		}
		for _, before := range pairs[:i] {
			// By name: a directive and its alias in one command are two
			// parameters, and the last one wins.
			if strings.EqualFold(before.Name, p.Name) {
				return nil, &SetError{Arg: p.Name, Reason: "duplicate parameter"}
			}
		}
		ds[i] = d
	}
	return ds, nil
}

// Allowed reads one of the enable-... directives (no, yes, local) for a client.
func (c *Config) Allowed(name string, loopback bool) bool {
	switch c.String(name) {
	case "yes":
		return true
	case "local":
		return loopback
	}
	return false
}

// stage reads the new values without storing them.
func (c *Config) stage(ds []*Directive, pairs []Pair) (map[*Directive]Value, error) {
	staged := make(map[*Directive]Value, len(ds))
	for i, d := range ds {
		words := []string{pairs[i].Value}
		if d.is(manyWords) {
			words = strings.Split(pairs[i].Value, " ")
		}
		prev, again := staged[d]
		if !again {
			prev = c.value(d)
		}
		if d.is(adds) {
			prev = Value{}
		}
		v, err := d.read(words, prev)
		if err == nil && d.Status == NotBuilt && !v.equal(d.def) {
			err = notBuiltError(d.Part)
		}
		if err != nil {
			return nil, &SetError{Arg: strings.ToLower(pairs[i].Name), Reason: err.Error()}
		}
		staged[d] = v
	}
	return staged, nil
}

// apply stores the values and runs the hooks of those that changed, each hook
// once.
func (c *Config) apply(ds []*Directive, staged map[*Directive]Value) error {
	old := make(map[*Directive]Value, len(staged))
	var run []*hook
	var names []string // what each hook is for
	for _, d := range ds {
		if _, again := old[d]; again {
			continue
		}
		old[d] = c.value(d)
		if old[d].equal(staged[d]) {
			continue
		}
		for _, h := range c.hooks[d.index] {
			if !slices.Contains(run, h) {
				run, names = append(run, h), append(names, d.Name)
			}
		}
	}
	for d, v := range staged {
		c.put(d, v)
	}
	for i, h := range run {
		err := h.run(names[i])
		if err == nil {
			continue
		}
		for d, v := range old {
			c.put(d, v)
		}
		for j, h := range run[:i+1] {
			h.run(names[j]) // back to values that it accepted before
		}
		return &SetError{Arg: names[i], Reason: err.Error()}
	}
	return nil
}
