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
		{Name: "tracking", Arity: -3, Flags: clientFlags, Cats: CatConnection},
		{Name: "caching", Arity: 3, Flags: clientFlags, Cats: CatConnection},
		{Name: "trackinginfo", Arity: 2, Flags: clientFlags, Cats: CatConnection},
		{Name: "getredir", Arity: 2, Flags: clientFlags, Cats: CatConnection},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Cats: CatConnection, Handler: helper("CLIENT", clientHelp...)},
	},
}

const clientFlags = NoScript | Loading | Stale

// okFromNodes are the tips of commands that a client may send to every node.
var okFromNodes = []string{"request_policy:all_nodes", "response_policy:all_succeeded"}

var clientHelp = []string{
	"CACHING (YES|NO)",
	"    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
	"GETREDIR",
	"    Return the client ID we are redirecting to when tracking is enabled.",
	"GETNAME",
	"    Return the name of the current connection.",
	"ID",
	"    Return the ID of the current connection.",
	"INFO",
	"    Return information about the current client connection.",
	"KILL <ip:port>",
	"    Kill connection made from <ip:port>.",
	"KILL <option> <value> [<option> <value> [...]]",
	"    Kill connections. Options are:",
	"    * ADDR (<ip:port>|<unixsocket>:0)",
	"      Kill connections made from the specified address",
	"    * LADDR (<ip:port>|<unixsocket>:0)",
	"      Kill connections made to specified local address",
	"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
	"      Kill connections by type.",
	"    * USER <username>",
	"      Kill connections authenticated by <username>.",
	"    * SKIPME (YES|NO)",
	"      Skip killing current connection (default: yes).",
	"    * ID <client-id>",
	"      Kill connections by client id.",
	"LIST [options ...]",
	"    Return information about client connections. Options:",
	"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
	"      Return clients of specified type.",
	"UNPAUSE",
	"    Stop the current client pause, resuming traffic.",
	"PAUSE <timeout> [WRITE|ALL]",
	"    Suspend all, or just write, clients for <timeout> milliseconds.",
	"REPLY (ON|OFF|SKIP)",
	"    Control the replies sent to the current connection.",
	"SETNAME <name>",
	"    Assign the name <name> to the current connection.",
	"SETINFO <option> <value>",
	"    Set client meta attr. Options are:",
	"    * LIB-NAME: the client lib name.",
	"    * LIB-VER: the client lib version.",
	"UNBLOCK <clientid> [TIMEOUT|ERROR]",
	"    Unblock the specified blocked client.",
	"TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
	"         [OPTIN] [OPTOUT] [NOLOOP]",
	"    Control server assisted client side caching.",
	"TRACKINGINFO",
	"    Report tracking status for the current connection.",
	"NO-EVICT (ON|OFF)",
	"    Protect current client connection from eviction.",
	"NO-TOUCH (ON|OFF)",
	"    Will not touch LRU/LFU stats when this mode is on.",
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
