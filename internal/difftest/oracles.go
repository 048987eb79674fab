package difftest

import (
	"slices"
	"strconv"
	"strings"
)

// A difference is something that a real server does otherwise than Redis 7.2, the version that ours follows. This is the
// only place where such knowledge lives; generators ask Differs and leave the command out of histories for that server.
type difference struct {
	oracles []string
	// command is the name, or name and subcommand, in lower case.
	command string
	// when limits it to some argument lists; nil means all of them.
	when func(args []string) bool
	why  string
}

var differences = []difference{
	{[]string{"redis"}, "client no-touch", nil, "since 7.2"},
	{[]string{"redis"}, "client setinfo", nil, "since 7.2"},
	{[]string{"redis"}, "client setname", anyContains("\x00"), "7.2 looks at a name up to its first NUL"},
	{[]string{"redis"}, "hello", anyContains("\x00"), "the same"},
	{[]string{"redis"}, "debug protocol", anyContains("push"), "a push comes after the reply since 7.2"},
	{[]string{"redis"}, "command getkeys", shorterThan(4), "the subcommand's arity"},
	{[]string{"redis"}, "command getkeysandflags", shorterThan(4), "the same"},
	{[]string{"redis"}, "hello", longerThan(5), "reads all options before it acts on one, since 7.2"},

	{[]string{"redis"}, "debug object", nil, "no packed sets and lists before 7.2"},
	{[]string{"redis"}, "config set", anyContains("set-max-listpack"), "the same"},
	{[]string{"redis"}, "debug listpack", nil, "the same"},
	{[]string{"redis"}, "debug digest", nil, "scores have 17 digits in it"},
	{[]string{"redis"}, "debug digest-value", nil, "the same; the final reading asks where there are no scores"},
	{[]string{"redis8", "valkey"}, "sscan", not(plainScanCursor), "accepts decimal cursors only, since 8.0"},
	{[]string{"redis8", "valkey"}, "hscan", not(plainScanCursor), "the same"},
	{[]string{"redis8", "valkey"}, "zscan", not(plainScanCursor), "the same"},

	{[]string{"redis"}, "lset", bigIndex, "7.2 takes the low 32 bits of an index"},
	{[]string{"redis"}, "lrem", anyContains("-9223372036854775808"), "out of range, since 7.2"},
	{[]string{"redis"}, "lpos", anyContains("-9223372036854775808"), "the same"},
	{[]string{"redis", "redis8"}, "sort", not(anyContains("alpha")), "7.0 remembers that a number was out of range, 8.0 reads numbers in another way"},
	{[]string{"redis", "redis8"}, "sort_ro", not(anyContains("alpha")), "the same"},

	{[]string{"redis", "redis8", "valkey"}, "restore", anyContains("922337203685477"), "a time to live that overflows means anything"},
	{[]string{"redis", "redis8", "valkey"}, "restore-asking", anyContains("922337203685477"), "the same"},
	{[]string{"redis8"}, "geopos", nil, "coordinates have 16 digits, since 8.0"},
	{[]string{"redis8"}, "geosearch", anyContains("withcoord"), "the same"},
	{[]string{"redis8"}, "georadius", anyContains("withcoord"), "the same"},
	{[]string{"redis8"}, "georadius_ro", anyContains("withcoord"), "the same"},
	{[]string{"redis8"}, "georadiusbymember", anyContains("withcoord"), "the same"},
	{[]string{"redis8"}, "georadiusbymember_ro", anyContains("withcoord"), "the same"},
	{[]string{"redis8", "valkey"}, "bitcount", not(plainRange(2, 2)), "checks arguments before the key, since 8.0"},
	{[]string{"redis8", "valkey"}, "bitpos", not(plainRange(3, 1)), "checks arguments before the key, since 8.0"},
	{[]string{"redis8", "valkey"}, "scan", not(plainCursor), "accepts decimal cursors only, since 8.0"},
	{[]string{"redis", "valkey"}, "cluster meet", nil, "other texts for bad ports"},
	{[]string{"redis8", "valkey"}, "config set", anyContains("maxmemory-samples"), "another limit"},
	{[]string{"redis8", "valkey"}, "config get", anyContains("databases"), "one database in cluster mode"},
	{[]string{"redis8", "valkey"}, "copy", longerThan(3), "one database in cluster mode"},

	{[]string{"redis", "redis8", "valkey"}, "geosearchstore", anyContains("count"), "which of several at one distance are stored is free"},
	{[]string{"redis", "redis8", "valkey"}, "georadius", limitedStore, "the same"},
	{[]string{"redis", "redis8", "valkey"}, "georadiusbymember", limitedStore, "the same"},
	{[]string{"redis"}, "sadd", longerThan(18), "7.2 chooses the encoding by the number of arguments"},
	{[]string{"redis8"}, "zrangebyscore", anyContains(" "), "no blanks before a number, since 8.0"},
	{[]string{"redis8"}, "zrevrangebyscore", anyContains(" "), "the same"},
	{[]string{"redis8"}, "zcount", anyContains(" "), "the same"},
	{[]string{"redis8"}, "zremrangebyscore", anyContains(" "), "the same"},
	{[]string{"redis8"}, "zrange", anyContains(" "), "the same"},
	{[]string{"redis8"}, "zrangestore", anyContains(" "), "the same"},
	{[]string{"valkey"}, "config set", anyContains("zset-max-listpack-value"), "a member above it unpacks even a set that it is not added to"},
	{[]string{"valkey"}, "zadd", xxOfLong, "the same"},
	{[]string{"valkey"}, "geoadd", xxOfLong, "the same"},
	{[]string{"valkey"}, "georadius", roundTheEarth, "a circle wider than the earth loses places"},
	{[]string{"valkey"}, "georadius_ro", roundTheEarth, "the same"},
	{[]string{"valkey"}, "georadiusbymember", roundTheEarth, "the same"},
	{[]string{"valkey"}, "georadiusbymember_ro", roundTheEarth, "the same"},
	{[]string{"valkey"}, "geosearch", roundTheEarth, "the same"},
	{[]string{"valkey"}, "geosearchstore", roundTheEarth, "the same"},
	{[]string{"valkey"}, "debug object", nil, "keys are embedded too, which moves the limit of embstr"},
	{[]string{"valkey"}, "object refcount", nil, "no shared integers in values"},
	{[]string{"valkey"}, "cluster setslot", nil, "takes more arguments"},
	{[]string{"valkey"}, "set", anyContains("xat"), "a key whose time has passed is not created"},
	{[]string{"valkey"}, "readonly", nil, "allowed without cluster mode"},
	{[]string{"valkey"}, "readwrite", nil, "allowed without cluster mode"},
	{[]string{"valkey"}, "client kill", nil, "other errors"},
	{[]string{"valkey"}, "client list", longerThan(2), "more filters"},
	{[]string{"valkey"}, "scan", longerThan(2), "unknown types are errors"},
	{[]string{"valkey"}, "debug protocol", nil, "push only for RESP3"},
}

// laterCommands came after the version of the oracle.
var laterCommands = map[string][]string{
	"redis":  fieldExpiry,
	"valkey": fieldExpiry,
}

// fieldExpiry is in Redis since 7.4 and 8.0.
var fieldExpiry = []string{"hexpire", "hpexpire", "hexpireat", "hpexpireat", "httl", "hpttl", "hexpiretime", "hpexpiretime", "hpersist", "hgetex", "hsetex", "hgetdel"}

// differencesInMulti names commands that the oracle takes in its own way between MULTI and EXEC.
var differencesInMulti = map[string][]string{
	// What SPOP took is only known from its own reply, not from that of EXEC.
	"redis": {"spop"},
	// A wrong password leaves EXEC without a reply; DEBUG POPULATE puts keys into the slot of the command before it.
	"redis8": {"auth", "hello", "debug", "spop"},
	// The first two spoil the transaction; the rest as above.
	"valkey": {"multi", "watch", "auth", "hello", "debug", "spop"},
}

// differencesInCluster names commands that the oracle takes in its own way in cluster mode.
var differencesInCluster = map[string][]string{
	// Ours takes patterns of SORT that stay in the slot, with 7.2's errors for others: 7.0 takes none, the others have other errors.
	"redis":  {"sort", "sort_ro"},
	"redis8": {"sort", "sort_ro"},
	"valkey": {"sort", "sort_ro", "multi"}, // and refuses keys of a second slot when they are queued
}

func differsInCluster(oracle string, args []string) bool {
	return slices.Contains(differencesInCluster[oracle], strings.ToLower(args[0]))
}

func differsInMulti(oracle string, args []string) bool {
	return slices.Contains(differencesInMulti[oracle], strings.ToLower(args[0]))
}

// bigIndex says that the index of LSET does not fit 32 bits.
func bigIndex(args []string) bool {
	if len(args) < 3 {
		return false
	}
	_, err := strconv.ParseInt(args[2], 10, 32)
	return err != nil
}

func longerThan(n int) func([]string) bool  { return func(args []string) bool { return len(args) > n } }
func shorterThan(n int) func([]string) bool { return func(args []string) bool { return len(args) < n } }

func not(f func([]string) bool) func([]string) bool {
	return func(args []string) bool { return !f(args) }
}

func anyContains(text string) func([]string) bool {
	return func(args []string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return strings.Contains(strings.ToLower(a), text) })
	}
}

func limitedStore(args []string) bool {
	return anyContains("count")(args) && anyContains("store")(args)
}

// roundTheEarth says that the radius or box is of 20,000 miles.
func roundTheEarth(args []string) bool {
	for i := 1; i < len(args); i++ {
		if args[i-1] == "20000" && strings.EqualFold(args[i], "mi") {
			return true
		}
	}
	return false
}

// xxOfLong says that members are only changed, not added, and that one is too long for a packed sorted set.
func xxOfLong(args []string) bool {
	return anyContains("xx")(args) && slices.ContainsFunc(args, func(a string) bool { return len(a) > 64 })
}

// plainRange says that the arguments from the given place on are none, at least `least` integers, or two and a unit.
func plainRange(from, least int) func([]string) bool {
	return func(args []string) bool {
		if len(args) <= from {
			return true
		}
		rest := args[from:]
		if len(rest) < least || len(rest) > 3 {
			return false
		}
		for _, a := range rest[:min(len(rest), 2)] {
			if n, err := strconv.ParseInt(a, 10, 64); err != nil || strconv.FormatInt(n, 10) != a {
				return false
			}
		}
		return len(rest) < 3 || strings.EqualFold(rest[2], "bit") || strings.EqualFold(rest[2], "byte")
	}
}

func plainScanCursor(args []string) bool { return len(args) < 3 || plainCursor(args[1:]) }

func plainCursor(args []string) bool {
	if len(args) < 2 {
		return true
	}
	_, err := strconv.ParseUint(args[1], 10, 64)
	return err == nil
}

// Differs returns why histories for that oracle must not hold the command, or "".
func Differs(oracle string, args []string) string {
	if len(args) == 0 {
		return ""
	}
	name := strings.ToLower(args[0])
	if slices.Contains(laterCommands[oracle], name) {
		return "a later command"
	}
	both := name
	if len(args) > 1 {
		both += " " + strings.ToLower(args[1])
	}
	for _, d := range differences {
		if (d.command == name || d.command == both) && slices.Contains(d.oracles, oracle) && (d.when == nil || d.when(args)) {
			return d.why
		}
	}
	return ""
}
