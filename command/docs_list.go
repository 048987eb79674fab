package command

// listDocs documents ListSpecs.
var listDocs = map[string]doc{
	"lindex":    {since: "1.0.0", complexity: "O(log(N)), N the elements", summary: "The element at an index.", args: "key:key0 index:int"},
	"linsert":   {since: "2.2.0", complexity: "O(N), N the elements before the pivot", summary: "Inserts an element before or after another one.", args: "key:key0 where(BEFORE|AFTER) pivot element"},
	"llen":      {since: "1.0.0", summary: "The number of elements of a list.", args: "key:key0"},
	"lmove":     {since: "6.2.0", summary: "Moves an element from an end of one list to an end of another, and returns it.", args: "source:key0 destination:key1 wherefrom(LEFT|RIGHT) whereto(LEFT|RIGHT)"},
	"lmpop":     {since: "7.0.0", complexity: "O(N+M), N the keys and M the elements returned", summary: "Takes elements out of the first of several lists that is not empty.", args: "numkeys:int key:key0... where(LEFT|RIGHT) [COUNT=count:int]"},
	"lpop":      {since: "1.0.0", complexity: "O(N), N the elements returned", summary: "Takes the first elements out of a list.", history: []string{"6.2.0 count"}, args: "key:key0 [count:int@6.2.0]"},
	"lpos":      {since: "6.0.6", complexity: "O(N), N the elements", summary: "The indexes of equal elements.", args: "key:key0 element [RANK=rank:int] [COUNT=num-matches:int] [MAXLEN=len:int]"},
	"lpush":     {since: "1.0.0", complexity: "O(N), N the elements pushed", summary: "Puts elements in front of a list, which is made if it does not exist.", history: []string{"2.4.0 several elements"}, args: "key:key0 element..."},
	"lpushx":    {since: "2.2.0", complexity: "O(N), N the elements pushed", summary: "Puts elements in front of a list, if it exists.", history: []string{"4.0.0 several elements"}, args: "key:key0 element..."},
	"lrange":    {since: "1.0.0", complexity: "O(log(N)+M), N the elements and M those returned", summary: "Part of a list, by indexes.", args: "key:key0 start:int stop:int"},
	"lrem":      {since: "1.0.0", complexity: "O(N), N the elements", summary: "Removes equal elements.", args: "key:key0 count:int element"},
	"lset":      {since: "1.0.0", complexity: "O(log(N)), N the elements", summary: "Replaces the element at an index.", args: "key:key0 index:int element"},
	"ltrim":     {since: "1.0.0", complexity: "O(N), N the elements removed", summary: "Removes all elements that are not in a range of indexes.", args: "key:key0 start:int stop:int"},
	"rpop":      {since: "1.0.0", complexity: "O(N), N the elements returned", summary: "Takes the last elements out of a list.", history: []string{"6.2.0 count"}, args: "key:key0 [count:int@6.2.0]"},
	"rpoplpush": {since: "1.2.0", summary: "Moves the last element of a list to the front of another, and returns it.", deprecated: "6.2.0 `LMOVE` with the `RIGHT` and `LEFT` arguments", args: "source:key0 destination:key1"},
	"rpush":     {since: "1.0.0", complexity: "O(N), N the elements pushed", summary: "Puts elements behind a list, which is made if it does not exist.", history: []string{"2.4.0 several elements"}, args: "key:key0 element..."},
	"rpushx":    {since: "2.2.0", complexity: "O(N), N the elements pushed", summary: "Puts elements behind a list, if it exists.", history: []string{"4.0.0 several elements"}, args: "key:key0 element..."},
}
