package command

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/config"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

// node runs commands against a keyspace without a server: one executor, one
// client, a clock that tests set.
type node struct {
	t  testing.TB
	c  *Ctx
	x  *keyspace.Executor
	w  resp.Writer
	ks *keyspace.Keyspace
}

// newNode starts a node that knows the given families.
func newNode(t testing.TB, families ...[]*Spec) *node {
	ks, err := keyspace.New(keyspace.Options{Databases: 16})
	require.NoError(t, err)
	t.Cleanup(ks.Close)
	n := &node{t: t, ks: ks, x: ks.NewExecutor("test")}
	n.w.Proto = 2
	env := &Env{KS: ks, Table: NewTable(nil, families...), Node: &fakeNode{}}
	env.Settings.MaxBulk.Store(512 << 20)
	env.Settings.LFULogFactor.Store(10)
	env.Settings.LFUDecay.Store(1)
	defaults := config.New()
	for name, limit := range env.Settings.Limits() {
		limit.Store(defaults.Int(name))
	}
	n.c = &Ctx{
		W: &n.w, C: &Client{ID: 1, Flags: ClientAuthenticated}, Env: env, KS: ks,
		Stats: &Stats{}, Rand: rand.New(rand.NewPCG(1, 2)), Now: 1_700_000_000_000,
	}
	return n
}

// fakeNode is a Node with a password that tests may set.
type fakeNode struct {
	password     string
	activeExpire bool
	replica      bool
}

func (f *fakeNode) PasswordRequired() bool { return f.password != "" }
func (f *fakeNode) Authenticate(user, password []byte) bool {
	return string(user) == DefaultUser && (f.password == "" || f.password == string(password))
}
func (f *fakeNode) SetActiveExpire(on bool) { f.activeExpire = on }
func (f *fakeNode) Replica() bool           { return f.replica }

// raw runs one command as the dispatcher would and returns the reply's bytes.
// The arguments are poisoned afterwards: a handler that kept one is found out.
func (n *node) raw(args ...string) string {
	n.t.Helper()
	argv := make([][]byte, len(args))
	for i, a := range args {
		argv[i] = []byte(a)
	}
	n.w.Buf = n.w.Buf[:0]
	s, isSub := n.c.Env.Table.Resolve(argv)
	require.NotNil(n.t, s, "unknown command %q", args)
	if len(s.Subs) > 0 && !isSub && len(args) > 1 {
		return "-" + resp.UnknownSubcommand(argv[1], s.Name) + "\r\n"
	}
	if !s.ArityOK(len(argv)) { // a container has no handler
		return "-" + resp.WrongArity(s.FullName()) + "\r\n"
	}
	require.NotNil(n.t, s.Handler, "no handler for %q", args)
	if !n.c.Bind(s, argv, n.c.C.DB) {
		n.c.Keys = n.c.Keys[:0] // the handler finds what is wrong
	}
	n.run(s)
	for _, a := range argv {
		for i := range a {
			a[i] = 0xEE
		}
	}
	return string(n.w.Buf)
}

// run holds what the spec asks for around its handler.
func (n *node) run(s *Spec) {
	if s.LockFor(n.c.Env, n.c.Args) == LockGate {
		n.c.Locker = keyspace.NoLock
		n.x.Exclusive(func() { n.c.BindParts(); s.Handler(n.c) })
		return
	}
	n.c.Locker = n.x.SlotLocker()
	if s.Blocks {
		s.Handler(n.c)
		return
	}
	n.x.Enter()
	defer n.x.Leave()
	n.c.BindParts()
	held := map[slots.Slot]bool{}
	var order []slots.Slot
	for _, k := range n.c.Keys {
		if !held[k.Slot] {
			held[k.Slot] = true
			order = append(order, k.Slot)
		}
	}
	sort.Slice(order, func(i, j int) bool { return order[i] < order[j] })
	n.x.LockSlots(order)
	s.Handler(n.c)
	for _, s := range order {
		n.ks.Unlock(s)
	}
}

// do runs one command and decodes the reply.
func (n *node) do(args ...string) resp.Value {
	n.t.Helper()
	raw := n.raw(args...)
	r := bufio.NewReader(bytes.NewReader([]byte(raw)))
	v, err := resp.ReadValue(r, resp.DefaultReplyLimits)
	require.NoError(n.t, err, "reply of %q: %q", args, raw)
	require.Zero(n.t, r.Buffered(), "more than one reply to %q: %q", args, raw)
	return v
}
