package command

// sortDocs documents SortSpecs.
var sortDocs = map[string]doc{
	"sort":    {since: "1.0.0", complexity: "O(N+M*log(M)), N the elements of the value and M those returned", summary: "Sorts a list, a set or a sorted set, and may store the result.", args: "key:key0 [BY=by-pattern<pattern>:pattern1] [LIMIT=limit{offset:int count:int}] [GET=get-pattern<pattern>:pattern1...+] [order(ASC|DESC)] [ALPHA=sorting:token] [STORE=destination:key2]"},
	"sort_ro": {since: "7.0.0", complexity: "O(N+M*log(M)), N the elements of the value and M those returned", summary: "Sorts a list, a set or a sorted set, and never stores the result.", args: "key:key0 [BY=by-pattern<pattern>:pattern1] [LIMIT=limit{offset:int count:int}] [GET=get-pattern<pattern>:pattern1...+] [order(ASC|DESC)] [ALPHA=sorting:token]"},
}
