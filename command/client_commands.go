package command

import "clusternode/resp"

// clientSpec is CLIENT. What concerns other connections is the server's: see
// client_filter.go for the arguments.
var clientSpec = &Spec{
	Name: "client", Arity: -2, Subs: []*Spec{
		{Name: "id", Arity: 2, Flags: clientFlags, Cats: CatConnection, Handler: func(c *Ctx) { c.W.Int(c.C.ID) }},
		{Name: "info", Arity: 2, Flags: clientFlags, Cats: CatConnection, Tips: changesByItself},
		{Name: "list", Arity: -2, Flags: Admin | clientFlags, Cats: CatConnection, Tips: changesByItself, Blocks: true},
		{Name: "kill", Arity: -3, Flags: Admin | clientFlags, Cats: CatConnection, Blocks: true},
		{Name: "pause", Arity: -3, Flags: Admin | clientFlags, Cats: CatConnection},
		{Name: "unblock", Arity: -3, Flags: Admin | clientFlags, Cats: CatConnection},
		{Name: "unpause", Arity: 2, Flags: Admin | clientFlags, Cats: CatConnection},
		{Name: "getname", Arity: 2, Flags: clientFlags, Cats: CatConnection, Handler: clientGetName},
		{Name: "setname", Arity: 3, Flags: clientFlags, Cats: CatConnection, Tips: okFromNodes, Handler: clientSetName},
		{Name: "setinfo", Arity: 4, Flags: clientFlags, Cats: CatConnection, Tips: okFromNodes, Handler: clientSetInfo},
		{Name: "no-evict", Arity: 3, Flags: Admin | clientFlags, Cats: CatConnection, Handler: clientMode(ClientNoEvict)},
		{Name: "no-touch", Arity: 3, Flags: clientFlags, Cats: CatConnection, Handler: clientMode(ClientNoTouch)},
		{Name: "reply", Arity: 3, Flags: clientFlags, Cats: CatConnection, Handler: clientReply},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Cats: CatConnection, Handler: helper("CLIENT", clientHelp...)},
	},
}

const clientFlags = NoScript | Loading | Stale

// okFromNodes are the tips of commands that a client may send to every node.
var okFromNodes = []string{"request_policy:all_nodes", "response_policy:all_succeeded"}

var clientHelp = []string{
	"GETNAME", "    The connection's name.",
	"ID", "    The connection's number.",
	"INFO", "    What the server knows of the connection.",
	"KILL <ip:port>", "    Close the connection from this address.",
	"KILL <option> <value> [<option> <value> ...]", "    Close the connections that fit every option:",
	"    * ADDR (<ip:port>|<unixsocket>:0)", "      The client's address.",
	"    * LADDR (<ip:port>|<unixsocket>:0)", "      The server's address.",
	"    * ID <id>", "      The connection's number.",
	"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)", "      What the connection is used for.",
	"    * USER <username>", "      The user it has authenticated as.",
	"    * SKIPME (YES|NO)", "      Spare the connection that asks (default: yes).",
	"LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)] [ID <id> [<id> ...]]", "    One line for each connection.",
	"NO-EVICT (ON|OFF)", "    Exempt the connection from maxmemory-clients.",
	"NO-TOUCH (ON|OFF)", "    Reads by the connection leave access times and counters alone.",
	"PAUSE <milliseconds> [WRITE|ALL]", "    Hold back writes, or all commands, of all clients.",
	"REPLY (ON|OFF|SKIP)", "    Whether the connection gets replies.",
	"SETINFO (LIB-NAME|LIB-VER) <value>", "    Name the client library or its version.",
	"SETNAME <name>", "    Name the connection.",
	"UNBLOCK <id> [TIMEOUT|ERROR]", "    End the waiting of a connection.",
	"UNPAUSE", "    End a pause.",
}

const errClientName = "ERR Client names cannot contain spaces, newlines or special characters."

// validName allows what prints as one word in CLIENT LIST, up to a NUL byte.
func validName(name []byte) bool {
	for _, b := range name {
		if b == 0 {
			break
		}
		if b < '!' || b > '~' {
			return false
		}
	}
	return true
}

func clientGetName(c *Ctx) {
	if c.C.Name == "" {
		c.W.Null()
		return
	}
	c.W.BulkString(c.C.Name)
}

func clientSetName(c *Ctx) {
	if !validName(c.Args[2]) {
		c.W.Error(errClientName)
		return
	}
	c.C.Name = string(c.Args[2])
	c.W.OK()
}

func clientSetInfo(c *Ctx) {
	var to *string
	switch attr := c.Args[2]; {
	case equalFold(attr, "lib-name"):
		to = &c.C.LibName
	case equalFold(attr, "lib-ver"):
		to = &c.C.LibVer
	default:
		c.W.Error("ERR Unrecognized option '" + resp.Quoted(attr) + "'")
		return
	}
	if !validName(c.Args[3]) {
		c.W.Error("ERR " + resp.Quoted(c.Args[2]) + " cannot contain spaces, newlines or special characters.")
		return
	}
	*to = string(c.Args[3])
	c.W.OK()
}

// clientMode makes the handler of a subcommand that switches a mode.
func clientMode(f ClientFlags) Handler {
	return func(c *Ctx) {
		if on, ok := c.onOff(c.Args[2]); ok {
			c.C.setFlag(f, on)
			c.W.OK()
		}
	}
}

// clientReply changes what the server does with replies from now on; OFF and
// SKIP have none of their own.
func clientReply(c *Ctx) {
	switch mode := c.Args[2]; {
	case equalFold(mode, "on"):
		c.C.setFlag(ClientReplyOff|ClientReplySkip|ClientReplySkipNext, false)
		c.W.OK()
	case equalFold(mode, "off"):
		c.C.setFlag(ClientReplyOff, true)
	case equalFold(mode, "skip"):
		if !c.C.Has(ClientReplyOff) {
			c.C.setFlag(ClientReplySkipNext, true)
		}
	default:
		c.W.Error(resp.ErrSyntax)
	}
}
