package command

import (
	"math"

	"clusternode/resp"
)

// ConnectionSpecs are the commands about the client's own connection, and
// CLIENT.
var ConnectionSpecs = []*Spec{
	{Name: "ping", Arity: -1, Flags: Fast, Cats: CatConnection, Tips: okFromShards, Handler: ping},
	{Name: "echo", Arity: 2, Flags: Loading | Stale | Fast, Cats: CatConnection, Handler: func(c *Ctx) { c.W.Bulk(c.Args[1]) }},
	{Name: "hello", Arity: -1, Flags: helloFlags, Cats: CatConnection, Handler: hello},
	{Name: "auth", Arity: -2, Flags: helloFlags, Cats: CatConnection, Handler: auth},
	{Name: "select", Arity: 2, Flags: Loading | Stale | Fast, Cats: CatConnection, Handler: selectDB},
	{Name: "quit", Arity: -1, Flags: helloFlags | Immediate, Cats: CatConnection, Handler: quit},
	{Name: "reset", Arity: 1, Flags: helloFlags | Immediate, Cats: CatConnection, Cost: heldCost},
	clientSpec,
}

const helloFlags = NoScript | Loading | Stale | Fast | NoAuth | AllowBusy

// okFromShards are the tips of commands that a client may send to every shard.
var okFromShards = []string{"request_policy:all_shards", "response_policy:all_succeeded"}

func ping(c *Ctx) {
	subscriber := c.C.Has(ClientPubSub) && c.W.Proto == 2
	switch len(c.Args) {
	case 1:
		if subscriber {
			pong(c, nil)
			return
		}
		c.W.SimpleString("PONG")
	case 2:
		if subscriber {
			pong(c, c.Args[1])
			return
		}
		c.W.Bulk(c.Args[1])
	default:
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
	}
}

// pong is PING's reply to a subscriber in RESP2: in the shape of a message.
func pong(c *Ctx, text []byte) {
	c.W.Array(2)
	c.W.BulkString("pong")
	c.W.Bulk(text)
}

func quit(c *Ctx) {
	c.C.Flags |= ClientCloseAfterReply
	c.W.OK()
}

func selectDB(c *Ctx) {
	db, ok := c.intBetween(c.Args[1], math.MinInt32, math.MaxInt32, "")
	switch {
	case !ok:
	case c.Env.Cluster != nil && db != 0:
		c.W.Error("ERR SELECT is not allowed in cluster mode")
	case db < 0 || int(db) >= c.KS.Databases():
		c.W.Error(resp.ErrDBIndex)
	default:
		c.C.DB = int(db)
		c.W.OK()
	}
}

// DefaultUser is the user of connections that name none.
const DefaultUser = "default"

func auth(c *Ctx) {
	user, password := []byte(DefaultUser), c.Args[1]
	switch {
	case len(c.Args) > 3:
		c.W.Error(resp.ErrSyntax)
		return
	case len(c.Args) == 3:
		user, password = c.Args[1], c.Args[2]
	case !c.Env.Node.PasswordRequired():
		c.W.Error("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
		return
	}
	if c.authenticate(user, password) {
		c.W.OK()
	}
}

// authenticate makes user the client's user; it replies the error otherwise.
func (c *Ctx) authenticate(user, password []byte) bool {
	if !c.Env.Node.Authenticate(user, password) {
		c.W.Error(resp.ErrWrongPass)
		return false
	}
	c.C.User = string(user)
	c.C.Flags |= ClientAuthenticated
	return true
}

// helloArgs are the arguments of HELLO; nil and 0 stand for absent ones.
type helloArgs struct {
	proto          int
	user, password []byte
	name           []byte
}

// parseHello reads them; problem is the error's text.
func parseHello(args [][]byte) (h helloArgs, problem string) {
	if len(args) > 1 {
		n, ok := resp.ParseInt(args[1])
		switch {
		case !ok:
			return h, "ERR Protocol version is not an integer or out of range"
		case n < 2 || n > 3:
			return h, resp.ErrNoProto
		}
		h.proto = int(n)
	}
	for i := 2; i < len(args); i++ {
		switch more := len(args) - 1 - i; {
		case equalFold(args[i], "auth") && more >= 2:
			h.user, h.password = args[i+1], args[i+2]
			i += 2
		case equalFold(args[i], "setname") && more >= 1:
			h.name = args[i+1]
			if !validName(h.name) {
				return h, errClientName
			}
			i++
		default:
			return h, "ERR Syntax error in HELLO option '" + resp.Quoted(args[i]) + "'"
		}
	}
	return h, ""
}

func hello(c *Ctx) {
	h, problem := parseHello(c.Args)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	if h.user != nil && !c.authenticate(h.user, h.password) {
		return
	}
	if !c.C.Has(ClientAuthenticated) {
		c.W.Error("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time")
		return
	}
	if h.name != nil {
		c.C.Name = string(h.name)
	}
	if h.proto != 0 {
		c.C.Proto, c.W.Proto = h.proto, h.proto
	}
	mode, role := "standalone", "master"
	if c.Env.Cluster != nil {
		mode = "cluster"
	}
	if c.Env.Node.Replica() {
		role = "replica"
	}
	w := c.W
	w.Map(7)
	w.BulkString("server")
	w.BulkString("redis")
	w.BulkString("version")
	w.BulkString(RedisVersion)
	w.BulkString("proto")
	w.Int(int64(w.Proto))
	w.BulkString("id")
	w.Int(c.C.ID)
	w.BulkString("mode")
	w.BulkString(mode)
	w.BulkString("role")
	w.BulkString(role)
	w.BulkString("modules")
	w.Array(0)
}
