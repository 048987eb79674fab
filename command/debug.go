package command

import (
	"math/big"
	"strconv"
	"time"

	"clusternode/resp"
)

// DebugSpecs is DEBUG. Its subcommands are inner ones: no client sees them as
// commands of their own, but each says what it locks.
var DebugSpecs = []*Spec{{
	Name: "debug", Arity: -2, Flags: debugFlags, InnerSubs: true, Handler: debugUnknown, Subs: []*Spec{
		debugSub("sleep", 3, 3, LockGate, debugSleep),
		debugSub("object", 3, 3, LockScan, debugObject),
		debugSub("set-active-expire", 3, 3, LockKeys, debugActiveExpire),
		debugSub("protocol", 3, 3, LockKeys, debugProtocol),
		debugSub("digest", 2, 2, LockScan, debugDigest),
		debugSub("digest-value", 2, maxArgs, LockScan, debugDigestValue),
		debugSub("populate", 3, 5, LockScan, debugPopulate),
		debugSub("listpack", 3, 3, LockScan, debugListpack),
		debugSub("quicklist", 3, 4, LockScan, debugQuicklist),
		debugSub("quicklist-packed-threshold", 3, 3, LockKeys, debugPackedThreshold),
		debugSub("htstats", 3, maxArgs, LockKeys, debugHTStats),
		debugSub("htstats-key", 3, maxArgs, LockScan, debugHTStatsKey),
		debugSub("set-skip-checksum-validation", 3, 3, LockKeys, debugSkipChecksum),
		debugSub("reload", 2, maxArgs, LockGate, debugReload),
		debugSub("help", 2, 2, LockKeys, helper("DEBUG",
			"DIGEST",
			"    Output a hex signature representing the current DB content.",
			"DIGEST-VALUE <key> [<key> ...]",
			"    Output a hex signature of the values of all the specified keys.",
			"HTSTATS <dbid>",
			"    Return hash table statistics of the specified Redis database.",
			"HTSTATS-KEY <key>",
			"    Like HTSTATS but for the hash table stored at <key>'s value.",
			"OBJECT <key>",
			"    Show low level info about `key` and associated value.",
			"POPULATE <count> [<prefix>] [<size>]",
			"    Create <count> string keys named key:<num>. If <prefix> is specified then",
			"    it is used instead of the 'key' prefix. These are not propagated to",
			"    replicas. Cluster slots are not respected so keys not belonging to the",
			"    current node can be created in cluster mode.",
			"PROTOCOL <type>",
			"    Reply with a test value of the specified type. <type> can be: string,",
			"    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
			"    true, false.",
			"RELOAD [MERGE] [NOFLUSH]",
			"    Replace every value by what is read of its form in a file.",
			"SET-ACTIVE-EXPIRE <0|1>",
			"    Setting it to 0 disables expiring keys in background when they are not",
			"    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
			"    default.",
			"QUICKLIST-PACKED-THRESHOLD <size>",
			"    Sets the threshold for elements to be inserted as plain vs packed nodes",
			"    Default value is 1GB, allows values up to 4GB. Setting to 0 restores to default.",
			"SET-SKIP-CHECKSUM-VALIDATION <0|1>",
			"    Enables or disables checksum checks for RDB files and RESTORE's payload.",
			"SLEEP <seconds>",
			"    Stop the server for <seconds>. Decimals allowed.",
			"LISTPACK <key>",
			"    Show low level info about the listpack encoding of <key>.",
			"QUICKLIST <key> [<0|1>]",
			"    Show low level info about the quicklist encoding of <key>.",
			"    The optional argument (0 by default) sets the level of detail",
		)),
	},
}}

const (
	debugFlags = Admin | NoScript | Loading | Stale | Protected
	maxArgs    = 1 << 30
)

// debugSub makes a subcommand for lo to hi arguments, both names included.
func debugSub(name string, lo, hi int, lock Lock, h Handler) *Spec {
	s := &Spec{Name: name, Arity: -2, Flags: debugFlags, Lock: lock, Handler: func(c *Ctx) {
		if len(c.Args) < lo || len(c.Args) > hi {
			debugUnknown(c)
			return
		}
		h(c)
	}}
	switch name {
	case "digest":
		s.Cost = func(c *Ctx) int64 { return c.allKeys() * 1000 }
	case "populate":
		s.Cost = populateCost
	}
	return s
}

// allKeys counts the keys of all databases.
func (c *Ctx) allKeys() (n int64) {
	for db := range c.KS.Databases() {
		n += int64(c.KS.DBSize(db))
	}
	return n
}

func debugUnknown(c *Ctx) { c.W.Error(resp.SubcommandSyntax(c.Args[1], "debug")) }

// debugSleep holds the gate: like the original it stops everything, so that
// tests can see what a node does whose peer hangs.
func debugSleep(c *Ctx) {
	seconds, err := strconv.ParseFloat(string(c.Args[2]), 64)
	if err == nil && seconds > 0 {
		time.Sleep(time.Duration(min(seconds, maxSleep) * float64(time.Second)))
	}
	c.W.OK()
}

// maxSleep is the longest DEBUG SLEEP, in seconds: ten years.
const maxSleep = 10 * 365 * 86400

// debugActiveExpire takes any text, as atoi does: what is no number is 0.
func debugActiveExpire(c *Ctx) {
	n, _ := resp.ParseInt(c.Args[2])
	c.Env.Node.SetActiveExpire(n != 0)
	c.W.OK()
}

// debugProtocol replies with one value of each type of the protocol.
func debugProtocol(c *Ctx) {
	w := c.W
	switch kind := c.Args[2]; {
	case equalFold(kind, "string"):
		w.BulkString("Hello World")
	case equalFold(kind, "integer"):
		w.Int(12345)
	case equalFold(kind, "double"):
		w.Double(3.141)
	case equalFold(kind, "null"):
		w.Null()
	case equalFold(kind, "array"):
		w.Array(3)
		writeInts(w)
	case equalFold(kind, "set"):
		w.Set(3)
		writeInts(w)
	case equalFold(kind, "map"):
		w.Map(3)
		for i := range int64(3) {
			w.Int(i)
			w.Bool(i == 1)
		}
	case equalFold(kind, "attrib"):
		if w.Proto >= 3 {
			w.Attribute(1)
			w.BulkString("key-popularity")
			w.Array(2)
			w.BulkString("key:123")
			w.Int(90)
		}
		w.BulkString("Some real reply following the attribute")
	case equalFold(kind, "push"):
		if w.Proto < 3 {
			w.Error("ERR RESP2 is not supported by this command")
			return
		}
		// A push that a command causes comes after the command's own reply.
		w.BulkString("Some real reply following the push reply")
		w.Push(2)
		w.BulkString("server-cpu-usage")
		w.Int(42)
	case equalFold(kind, "verbatim"):
		w.Verbatim("txt", "This is a verbatim\nstring")
	case equalFold(kind, "true"):
		w.Bool(true)
	case equalFold(kind, "false"):
		w.Bool(false)
	case equalFold(kind, "bignum"):
		n, _ := new(big.Int).SetString("1234567999999999999999999999999999999", 10)
		w.BigNumber(n)
	default:
		w.Error("ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false")
	}
}

func writeInts(w *resp.Writer) {
	for i := range int64(3) {
		w.Int(i)
	}
}

// populateArgs are the arguments of DEBUG POPULATE.
type populateArgs struct {
	count, size int64
	prefix      []byte
}

func parsePopulate(args [][]byte) (p populateArgs, problem string) {
	p.prefix = []byte("key")
	if p.count, problem = parseBetween(args[2], 0, 1<<62, ""); problem != "" {
		return p, "ERR value is out of range, must be positive"
	}
	if len(args) > 3 {
		p.prefix = args[3]
	}
	if len(args) > 4 {
		if p.size, problem = parseBetween(args[4], 0, 1<<62, ""); problem != "" {
			return p, "ERR value is out of range, must be positive"
		}
	}
	return p, ""
}

func populateCost(c *Ctx) int64 {
	if len(c.Args) < 3 {
		return 0
	}
	p, problem := parsePopulate(c.Args)
	if problem != "" {
		return 0
	}
	return min(p.count, 1<<30) * (1000 + min(p.size, 1<<30)/16)
}

// maxPopulateName cuts the names that DEBUG POPULATE makes, in bytes.
const maxPopulateName = 127

// debugPopulate creates strings of any slot, also of slots that other nodes
// own. Keys that exist are left alone.
func debugPopulate(c *Ctx) {
	p, problem := parsePopulate(c.Args)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	if p.size > c.Env.Settings.MaxBulk.Load() {
		c.W.Error(resp.ErrStringTooLong)
		return
	}
	var name []byte
	value := make([]byte, 0, max(p.size, 32))
	for i := range p.count {
		name = append(append(append(name[:0], p.prefix...), ':'), strconv.FormatInt(i, 10)...)
		name = name[:min(len(name), maxPopulateName)]
		value = strconv.AppendInt(append(value[:0], "value:"...), i, 10)
		if p.size > 0 {
			text := len(value)
			value = value[:max(int(p.size), text)]
			clear(value[text:])
			value = value[:p.size]
		}
		ok := true
		c.withKey(name, func(k *Key) {
			if !c.live(k).Exists() {
				ok = c.PutString(k, value, 0, false)
				c.Changed(k)
			}
		})
		if !ok {
			return
		}
	}
	c.W.OK()
}
