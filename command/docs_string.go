package command

// stringDocs documents StringSpecs.
var stringDocs = map[string]doc{
	"append":      {since: "2.0.0", complexity: "O(1) amortized", summary: "Adds a string to the end of the value, or creates it.", args: "key:key0 value"},
	"decr":        {since: "1.0.0", summary: "Subtracts one from an integer.", args: "key:key0"},
	"decrby":      {since: "1.0.0", summary: "Subtracts a number from an integer.", args: "key:key0 decrement:int"},
	"get":         {since: "1.0.0", summary: "The value of a key.", args: "key:key0"},
	"getdel":      {since: "6.2.0", summary: "The value of a key, which is then deleted.", args: "key:key0"},
	"getex":       {since: "6.2.0", summary: "The value of a key, whose expiry may be changed or taken away.", args: "key:key0 [expiration(EX=seconds:int|PX=milliseconds:int|EXAT=unix-time-seconds:time|PXAT=unix-time-milliseconds:time|PERSIST)]"},
	"getrange":    {since: "2.4.0", complexity: "O(N), N the bytes returned", summary: "Part of a value, by byte offsets.", args: "key:key0 start:int end:int"},
	"getset":      {since: "1.0.0", summary: "Replaces the value and returns the old one.", deprecated: "6.2.0 `SET` with the `GET` argument", args: "key:key0 value"},
	"incr":        {since: "1.0.0", summary: "Adds one to an integer.", args: "key:key0"},
	"incrby":      {since: "1.0.0", summary: "Adds a number to an integer.", args: "key:key0 increment:int"},
	"incrbyfloat": {since: "2.6.0", summary: "Adds a number to a floating point value.", args: "key:key0 increment:dbl"},
	"lcs":         {since: "7.0.0", complexity: "O(N*M), N and M the lengths of the values", summary: "The longest common subsequence of two values.", args: "key1:key0 key2:key0 [LEN] [IDX] [MINMATCHLEN=min-match-len:int] [WITHMATCHLEN]"},
	"mget":        {since: "1.0.0", complexity: "O(N), N the keys", summary: "The values of several keys.", args: "key:key0..."},
	"mset":        {since: "1.0.1", complexity: "O(N), N the keys", summary: "Sets several keys at once.", args: "data{key:key0 value}..."},
	"msetnx":      {since: "1.0.1", complexity: "O(N), N the keys", summary: "Sets several keys at once if none of them exists.", args: "data{key:key0 value}..."},
	"psetex":      {since: "2.6.0", summary: "Sets a key that expires, in milliseconds.", deprecated: "2.6.12 `SET` with the `PX` argument", args: "key:key0 milliseconds:int value"},
	"set":         {since: "1.0.0", summary: "Sets a key, on conditions and with an expiry if wanted.", history: []string{"2.6.12 EX, PX, NX and XX", "6.0.0 KEEPTTL", "6.2.0 GET, EXAT and PXAT", "7.0.0 NX and GET together"}, args: "key:key0 value [condition@2.6.12(NX|XX)] [GET@6.2.0] [expiration(EX=seconds:int@2.6.12|PX=milliseconds:int@2.6.12|EXAT=unix-time-seconds:time@6.2.0|PXAT=unix-time-milliseconds:time@6.2.0|KEEPTTL@6.0.0)]"},
	"setex":       {since: "2.0.0", summary: "Sets a key that expires, in seconds.", deprecated: "2.6.12 `SET` with the `EX` argument", args: "key:key0 seconds:int value"},
	"setnx":       {since: "1.0.0", summary: "Sets a key if it does not exist.", deprecated: "2.6.12 `SET` with the `NX` argument", args: "key:key0 value"},
	"setrange":    {since: "2.2.0", complexity: "O(1) for short strings, else O(N), N the bytes written", summary: "Overwrites part of a value, from a byte offset on.", args: "key:key0 offset:int value"},
	"strlen":      {since: "2.2.0", summary: "The length of a value in bytes.", args: "key:key0"},
	"substr":      {since: "1.0.0", complexity: "O(N), N the bytes returned", summary: "Part of a value, by byte offsets.", deprecated: "2.0.0 `GETRANGE`", args: "key:key0 start:int end:int"},
}

// bitmapDocs documents BitmapSpecs.
var bitmapDocs = map[string]doc{
	"bitcount":    {since: "2.6.0", complexity: "O(N)", summary: "Counts the bits that are set.", history: []string{"7.0.0 BYTE and BIT"}, args: "key:key0 [range{start:int end:int [unit@7.0.0(BYTE|BIT)]}]"},
	"bitfield":    {since: "3.2.0", complexity: "O(1) for each operation", summary: "Reads and changes integers of any width within a value.", args: "key:key0 [operation(GET=get-block{encoding offset:int}|write{[OVERFLOW=overflow-block(WRAP|SAT|FAIL)] write-operation(SET=set-block{encoding offset:int value:int}|INCRBY=incrby-block{encoding offset:int increment:int})})...]"},
	"bitfield_ro": {since: "6.0.0", complexity: "O(1) for each operation", summary: "Reads integers of any width within a value.", args: "key:key0 [GET=get-block{encoding offset:int}...+]"},
	"bitop":       {since: "2.6.0", complexity: "O(N)", summary: "Combines values bit by bit and stores the result.", args: "operation(AND|OR|XOR|NOT) destkey:key0 key:key1..."},
	"bitpos":      {since: "2.8.7", complexity: "O(N)", summary: "Finds the first bit that is set, or clear.", history: []string{"7.0.0 BYTE and BIT"}, args: "key:key0 bit:int [range{start:int [end-unit-block{end:int [unit@7.0.0(BYTE|BIT)]}]}]"},
	"getbit":      {since: "2.2.0", summary: "One bit of a value.", args: "key:key0 offset:int"},
	"setbit":      {since: "2.2.0", summary: "Sets or clears one bit of a value.", args: "key:key0 offset:int value:int"},
}
