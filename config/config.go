package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// Version is the release of Redis whose behaviour this server has.
const Version = "7.2.4"

// Config holds one node's values of all directives.
type Config struct {
	cells []cell // by Directive.index; the slice is constant

	mu    sync.Mutex // held for a whole Load, Set or Rewrite
	hooks [][]*hook  // by Directive.index
	// What Load found; constant afterwards.
	file    string   // absolute path, "" if none
	renames []Rename // rename-command, in order
	origins []origin // where each directive was last set, by Directive.index
	cwd     string   // working directory at the start
}

// cell is the current value of a directive.
type cell struct {
	num  atomic.Int64          // a copy of val.num, for readers in a hurry
	val  atomic.Pointer[Value] // the value is immutable
	uses atomic.Uint32         // a Use: how the program uses it
}

// Use is how the program uses a directive, as bits.
type Use uint32

const (
	// UseRead: its value was read, once or now and then.
	UseRead Use = 1 << iota
	// UseVar: somebody holds a Var, to read it whenever it is needed.
	UseVar
	// UseHook: a hook puts new values into effect.
	UseHook
)

// hook is a function that puts new values into effect.
type hook struct{ run func(name string) error }

// Rename is one rename-command line; To is "" to remove the command.
type Rename struct {
	From, To string
	at       origin
}

// Fault is the error of a start that a rename-command line ends: a *FileError.
func (r Rename) Fault(reason error) error {
	return &FileError{Source: r.at.source, Line: r.at.line, Text: r.at.text, Directive: "rename-command", Reason: reason.Error()}
}

// New returns a Config with every directive at its default.
func New() *Config {
	c := &Config{
		cells:   make([]cell, len(Directives)),
		hooks:   make([][]*hook, len(Directives)),
		origins: make([]origin, len(Directives)),
	}
	for _, d := range Directives {
		c.put(d, d.def)
	}
	if wd, err := os.Getwd(); err == nil {
		c.cwd = wd
		c.put(Lookup("dir"), Value{str: wd})
	}
	c.must("enable-protected-configs") // Set reads it
	return c
}

func (c *Config) put(d *Directive, v Value) {
	c.cells[d.index].num.Store(v.num)
	c.cells[d.index].val.Store(&v)
}

func (c *Config) value(d *Directive) Value { return *c.cells[d.index].val.Load() }

// must finds a directive that the program names, and reads if nothing else: an
// unknown one is a mistake of the source.
func (c *Config) must(name string) *Directive { return c.use(name, UseRead) }

func (c *Config) use(name string, how Use) *Directive {
	d := byName[name]
	if d == nil {
		panic("config: no directive " + name)
	}
	if u := &c.cells[d.index].uses; Use(u.Load())&how == 0 {
		u.Or(uint32(how))
	}
	return d
}

// Uses says how the program has used a directive so far.
func (c *Config) Uses(d *Directive) Use { return Use(c.cells[d.index].uses.Load()) }

// Int reads a number: plain, bytes, octal, or the place of an enum's name. A
// percentage is negative. An unsigned size above 63 bits reads as the largest
// int64.
func (c *Config) Int(name string) int64 {
	d := c.must(name)
	n := c.cells[d.index].num.Load()
	if k, ok := d.codec.(intCodec); ok && k.unsigned && n < 0 {
		return maxInt64
	}
	return n
}

// Bool reads a yes/no directive.
func (c *Config) Bool(name string) bool { return c.cells[c.must(name).index].num.Load() != 0 }

// String reads a directive's text: what CONFIG GET prints.
func (c *Config) String(name string) string {
	d := c.must(name)
	return d.codec.format(c.value(d))
}

// Strings reads the words of a list directive: the addresses of bind, the pairs
// of save, ... The slice must not be changed.
func (c *Config) Strings(name string) []string { return c.value(c.must(name)).list }

// Path reads a file directive as an absolute path: a relative one is relative
// to dir. "" stays "".
func (c *Config) Path(name string) string {
	p := c.String(name)
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.String("dir"), p)
}

// Var is a handle on a number for readers that read it often.
type Var struct{ c *cell }

// Load reads the current value: one atomic load.
func (v Var) Load() int64 { return v.c.num.Load() }

// True reads a yes/no directive.
func (v Var) True() bool { return v.c.num.Load() != 0 }

// Var returns a handle on a number, yes/no or enum directive. Unsigned sizes
// come as their 64 bits.
func (c *Config) Var(name string) Var { return Var{&c.cells[c.use(name, UseVar).index]} }

// OutputLimit is the output buffer limit of one class of clients.
type OutputLimit struct {
	Hard, Soft  uint64 // bytes; 0: none
	SoftSeconds int64  // how long Soft may be exceeded
}

// OutputLimits are the limits of the three classes of clients.
type OutputLimits struct{ Normal, Replica, PubSub OutputLimit }

// OutputLimits reads client-output-buffer-limit.
func (c *Config) OutputLimits() OutputLimits {
	words := c.Strings("client-output-buffer-limit")
	at := func(i int) (l OutputLimit) {
		l.Hard, _ = strconv.ParseUint(words[4*i+1], 10, 64)
		l.Soft, _ = strconv.ParseUint(words[4*i+2], 10, 64)
		l.SoftSeconds, _ = strconv.ParseInt(words[4*i+3], 10, 64)
		return l
	}
	return OutputLimits{Normal: at(0), Replica: at(1), PubSub: at(2)}
}

// Hook registers a function that puts a new value of the directive into
// effect. CONFIG SET calls it after all values of the command are stored; if it
// fails, they are put back and it is called again. It runs under the Config's
// lock: it reads the new value and must not Set, Load or Rewrite. Load calls no
// hooks.
func (c *Config) Hook(name string, f func() error) { c.HookAll(f, name) }

// HookAll is Hook for several directives that one function puts into effect; it
// runs once for a CONFIG SET of any number of them.
func (c *Config) HookAll(f func() error, names ...string) {
	c.HookNamed(func(string) error { return f() }, names...)
}

// HookNamed is HookAll for a function whose error depends on which of the
// directives changed: the first one of the command, by its name.
func (c *Config) HookNamed(f func(name string) error, names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := &hook{f}
	for _, name := range names {
		d := c.use(name, UseHook)
		c.hooks[d.index] = append(c.hooks[d.index], h)
	}
}

// ConfigFile is the absolute path of the file that Load read, "" if none.
func (c *Config) ConfigFile() string { return c.file }

// Renames are the rename-command lines in order. The server applies them, since
// only it knows the commands.
func (c *Config) Renames() []Rename { return c.renames }

// Unasked lists the directives that claim to be built although nothing has
// read or hooked them yet. A test of the finished server finds it empty.
func (c *Config) Unasked() []string {
	var out []string
	for _, d := range Directives {
		if d.Status == Built && c.Uses(d) == 0 {
			out = append(out, d.Name)
		}
	}
	return out
}

// Without lists the directives that are accepted without meaning, and those
// that wait for a part, as "name: why", sorted by name.
func Without() (meaningless, waiting, notBuilt []string) {
	for _, d := range Directives {
		line := fmt.Sprintf("%s: %s", d.Name, d.Part)
		switch d.Status {
		case NoMeaning:
			meaningless = append(meaningless, line)
		case Waiting:
			waiting = append(waiting, line)
		case NotBuilt:
			notBuilt = append(notBuilt, line)
		}
	}
	return slices.Clip(meaningless), slices.Clip(waiting), slices.Clip(notBuilt)
}
