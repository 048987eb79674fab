package command

// genericDocs documents GenericSpecs.
var genericDocs = map[string]doc{
	"copy":            {since: "6.2.0", complexity: "O(1) for strings, O(N) for collections of N elements", summary: "Copies a value to another key.", args: "source:key0 destination:key1 [DB=destination-db:int] [REPLACE]"},
	"del":             {since: "1.0.0", complexity: "O(N), N the keys and the elements of their collections", summary: "Deletes keys.", args: "key:key0..."},
	"dump":            {since: "2.6.0", complexity: "O(N), N the bytes of the value", summary: "The value of a key as bytes that RESTORE takes.", args: "key:key0"},
	"exists":          {since: "1.0.0", complexity: "O(N), N the keys", summary: "Counts how many of the keys exist.", history: []string{"3.0.3 several keys"}, args: "key:key0..."},
	"expire":          {since: "1.0.0", summary: "Makes a key expire after some seconds.", history: []string{"7.0.0 NX, XX, GT and LT"}, args: "key:key0 seconds:int [condition@7.0.0(NX|XX|GT|LT)]"},
	"expireat":        {since: "1.2.0", summary: "Makes a key expire at a moment, in unix seconds.", history: []string{"7.0.0 NX, XX, GT and LT"}, args: "key:key0 unix-time-seconds:time [condition@7.0.0(NX|XX|GT|LT)]"},
	"expiretime":      {since: "7.0.0", summary: "When a key expires, in unix seconds.", args: "key:key0"},
	"keys":            {since: "1.0.0", complexity: "O(N), N the keys of the database", summary: "The names of all keys that match a pattern.", args: "pattern:pattern"},
	"move":            {since: "1.0.0", summary: "Moves a key to another database.", args: "key:key0 db:int"},
	"object":          {since: "2.2.3", complexity: "depends on the subcommand", summary: "Looks at how values are stored."},
	"object|encoding": {since: "2.2.3", summary: "How a value is stored.", args: "key:key0"},
	"object|freq":     {since: "4.0.0", summary: "The logarithmic counter of accesses of a key.", args: "key:key0"},
	"object|help":     {since: "6.2.0", summary: "Describes the subcommands."},
	"object|idletime": {since: "2.2.3", summary: "Seconds since the last access to a key.", args: "key:key0"},
	"object|refcount": {since: "2.2.3", summary: "How many references there are to a value.", args: "key:key0"},
	"persist":         {since: "2.2.0", summary: "Takes the expiry of a key away.", args: "key:key0"},
	"pexpire":         {since: "2.6.0", summary: "Makes a key expire after some milliseconds.", history: []string{"7.0.0 NX, XX, GT and LT"}, args: "key:key0 milliseconds:int [condition@7.0.0(NX|XX|GT|LT)]"},
	"pexpireat":       {since: "2.6.0", summary: "Makes a key expire at a moment, in unix milliseconds.", history: []string{"7.0.0 NX, XX, GT and LT"}, args: "key:key0 unix-time-milliseconds:time [condition@7.0.0(NX|XX|GT|LT)]"},
	"pexpiretime":     {since: "7.0.0", summary: "When a key expires, in unix milliseconds.", args: "key:key0"},
	"pttl":            {since: "2.6.0", summary: "The milliseconds that a key has left.", history: []string{"2.8.0 -2 for a missing key"}, args: "key:key0"},
	"randomkey":       {since: "1.0.0", summary: "The name of some key."},
	"rename":          {since: "1.0.0", summary: "Gives a key another name; a key of that name is replaced.", args: "key:key0 newkey:key1"},
	"renamenx":        {since: "1.0.0", summary: "Gives a key another name unless that is taken.", history: []string{"3.2.0 equal names are no error"}, args: "key:key0 newkey:key1"},
	"restore":         {since: "2.6.0", complexity: "O(N*log(N)) for sorted sets, else O(N), N the elements", summary: "Creates a key from what DUMP replied.", history: restoreHistory, args: restoreDocArgs},
	"restore-asking":  {since: "3.0.0", group: "server", complexity: "O(N*log(N)) for sorted sets, else O(N), N the elements", summary: "RESTORE into a slot that is being imported.", history: restoreHistory, sys: true, args: restoreDocArgs},
	"scan":            {since: "2.8.0", complexity: "O(1) for a call, O(N) for the whole walk over N keys", summary: "Walks through the names of all keys, some at a time.", history: []string{"6.0.0 TYPE"}, args: "cursor:int [MATCH=pattern:pattern] [COUNT=count:int] [TYPE=type@6.0.0]"},
	"touch":           {since: "3.2.1", complexity: "O(N), N the keys", summary: "Counts how many of the keys exist, as an access to each.", args: "key:key0..."},
	"ttl":             {since: "1.0.0", summary: "The seconds that a key has left.", history: []string{"2.8.0 -2 for a missing key"}, args: "key:key0"},
	"type":            {since: "1.0.0", summary: "The type of a value.", args: "key:key0"},
	"unlink":          {since: "4.0.0", complexity: "O(N), N the keys", summary: "Deletes keys; memory is freed in the background.", args: "key:key0..."},
}

var restoreHistory = []string{"3.0.0 REPLACE", "5.0.0 ABSTTL", "5.0.0 IDLETIME and FREQ"}

const restoreDocArgs = "key:key0 ttl:int serialized-value [REPLACE@3.0.0] [ABSTTL@5.0.0] [IDLETIME=seconds:int@5.0.0] [FREQ=frequency:int@5.0.0]"
