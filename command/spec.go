package command

// Handler executes one command whose locks are held and writes its reply.
type Handler func(c *Ctx)

// Lock says what the dispatcher holds while the handler runs.
type Lock uint8

const (
	// LockKeys: the slots of the command's keys, ascending (none if it
	// names no key).
	LockKeys Lock = iota
	// LockScan: nothing; the handler visits slots one at a time through
	// Ctx.Locker. Inside EXEC it runs under the gate.
	LockScan
	// LockGate: the world is stopped.
	LockGate
)

// Spec is one command, or one subcommand when it sits in another Spec's Subs.
// Everything but the unexported fields is a constant of the source.
type Spec struct {
	Name  string // lower case; a subcommand's own word, without its parent
	Arity int    // exact count of arguments, name(s) included; negative: at least
	Flags Flags
	Cats  Categories // explicit ACL categories; Flags imply more, see AllCategories
	Keys  []KeySpec
	Tips  []string // COMMAND INFO tips
	Lock  Lock
	// FindKeys overrides Keys where a key spec cannot say it: it appends the
	// key positions in args, or reports false for a malformed command.
	FindKeys func(args [][]byte, out []KeyPos) ([]KeyPos, bool)
	// Cost estimates this call in nanoseconds, cheaply, with the locks held:
	// what takes longer than a loop should be away (a millisecond) runs on a
	// worker goroutine instead. nil: always short.
	Cost func(c *Ctx) int64
	// Roams reports whether this call reads keys that only its data name. Outside
	// cluster mode, where they may be in any slot, it runs under the gate. nil:
	// never.
	Roams func(args [][]byte) bool
	// Blocks: the handler may wait for a disk or another goroutine, so it
	// always runs on a worker goroutine, outside the gate and with no slot
	// locked.
	Blocks  bool
	Handler Handler // nil for a container, and for what NewTable is given by name
	Subs    []*Spec
	// InnerSubs: the subcommands choose handler and lock within this command;
	// for clients, permissions and statistics there is only the command. A
	// subcommand that is not among them goes to the command's own handler.
	InnerSubs bool

	parent *Spec
	id     int    // index into per-command statistics
	full   string // "config|get"
	// The one range key spec of most commands, unpacked: positions first,
	// first+step ... last; last < 0 counts from the end. step 0: see Keys.
	first, last, step int
}

// LockFor is Lock for a call with these arguments.
func (s *Spec) LockFor(env *Env, args [][]byte) Lock {
	if s.Roams != nil && env.Cluster == nil && s.Roams(args) {
		return LockGate
	}
	return s.Lock
}

// ID is the spec's index in per-command arrays, below Table.Len().
func (s *Spec) ID() int { return s.id }

// FullName is the name that ACLs and INFO print: "get", "config|get".
func (s *Spec) FullName() string { return s.full }

// Parent is the container command of a subcommand, else nil.
func (s *Spec) Parent() *Spec { return s.parent }

// ArityOK reports whether argc arguments (names included) fit.
func (s *Spec) ArityOK(argc int) bool {
	return argc == s.Arity || s.Arity < 0 && argc >= -s.Arity
}

// Is reports whether any of the flags is set.
func (s *Spec) Is(f Flags) bool { return s.Flags&f != 0 }

// Flags are the command flags of COMMAND INFO.
type Flags uint32

const (
	Write Flags = 1 << iota
	ReadOnly
	DenyOOM
	Admin
	PubSub
	NoScript
	Blocking
	Loading
	Stale
	SkipMonitor
	SkipSlowlog
	AskingFlag
	Fast
	NoAuth
	MayReplicate // may be sent to replicas though it is no write; not printed
	NoMandatoryKeys
	NoAsyncLoading
	NoMulti
	AllowBusy
	MovableKeys
	Protected // refused unless enable-*-command allows it; not a wire flag
	Immediate // acts at once between MULTI and EXEC; not a wire flag
)

// flagNames are the wire names in the order in which COMMAND INFO prints them.
var flagNames = [...]struct {
	bit  Flags
	name string
}{
	{Write, "write"}, {ReadOnly, "readonly"}, {DenyOOM, "denyoom"}, {Admin, "admin"},
	{PubSub, "pubsub"}, {NoScript, "noscript"}, {Blocking, "blocking"}, {Loading, "loading"},
	{Stale, "stale"}, {SkipMonitor, "skip_monitor"}, {SkipSlowlog, "skip_slowlog"},
	{AskingFlag, "asking"}, {Fast, "fast"}, {NoAuth, "no_auth"},
	{NoMandatoryKeys, "no_mandatory_keys"}, {NoAsyncLoading, "no_async_loading"},
	{NoMulti, "no_multi"}, {AllowBusy, "allow_busy"}, {MovableKeys, "movablekeys"},
}

// Names lists the wire names of the flags that are set.
func (f Flags) Names() []string {
	var out []string
	for _, n := range flagNames {
		if f&n.bit != 0 {
			out = append(out, n.name)
		}
	}
	return out
}

// Categories are ACL categories.
type Categories uint32

const (
	CatKeyspace Categories = 1 << iota
	CatRead
	CatWrite
	CatSet
	CatSortedSet
	CatList
	CatHash
	CatString
	CatBitmap
	CatHyperLogLog
	CatGeo
	CatStream
	CatPubSub
	CatAdmin
	CatFast
	CatSlow
	CatBlocking
	CatDangerous
	CatConnection
	CatTransaction
	CatScripting
)

// categoryNames are the wire names, without '@', by bit position.
var categoryNames = [...]string{
	"keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap",
	"hyperloglog", "geo", "stream", "pubsub", "admin", "fast", "slow", "blocking",
	"dangerous", "connection", "transaction", "scripting",
}

// Names lists the wire names of the categories that are set, without '@'.
func (c Categories) Names() []string {
	var out []string
	for i, n := range categoryNames {
		if c&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

// AllCategories is Cats plus what the flags imply.
func (s *Spec) AllCategories() Categories {
	c := s.Cats
	if s.Is(Write) {
		c |= CatWrite
	}
	if s.Is(ReadOnly) && c&CatScripting == 0 {
		c |= CatRead
	}
	if s.Is(Admin) {
		c |= CatAdmin | CatDangerous
	}
	if s.Is(PubSub) {
		c |= CatPubSub
	}
	if s.Is(Blocking) {
		c |= CatBlocking
	}
	if s.Is(Fast) {
		c |= CatFast
	} else {
		c |= CatSlow
	}
	return c
}
