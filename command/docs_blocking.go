package command

var blockingListDocs = map[string]doc{
	"blpop":      {since: "2.0.0", complexity: "O(N), N the keys", summary: "Takes the first element of the first of several lists that is not empty, and waits for one.", history: []string{"6.0.0 a timeout with decimals"}, args: "key:key0... timeout:dbl"},
	"brpop":      {since: "2.0.0", complexity: "O(N), N the keys", summary: "Takes the last element of the first of several lists that is not empty, and waits for one.", history: []string{"6.0.0 a timeout with decimals"}, args: "key:key0... timeout:dbl"},
	"blmpop":     {since: "7.0.0", complexity: "O(N+M), N the keys and M the elements returned", summary: "Takes elements out of the first of several lists that is not empty, and waits for one.", args: "timeout:dbl numkeys:int key:key0... where(LEFT|RIGHT) [COUNT=count:int]"},
	"blmove":     {since: "6.2.0", summary: "Moves an element from an end of one list to an end of another, returns it, and waits for one.", args: "source:key0 destination:key1 wherefrom(LEFT|RIGHT) whereto(LEFT|RIGHT) timeout:dbl"},
	"brpoplpush": {since: "2.2.0", summary: "Moves the last element of a list to the front of another, returns it, and waits for one.", history: []string{"6.0.0 a timeout with decimals"}, deprecated: "6.2.0 `BLMOVE` with the `RIGHT` and `LEFT` arguments", args: "source:key0 destination:key1 timeout:dbl"},
}

var blockingZSetDocs = map[string]doc{
	"bzpopmin": {since: "5.0.0", complexity: "O(log(N)), N the members", summary: "Takes the member with the lowest score of the first of several sorted sets that is not empty, and waits for one.", history: []string{"6.0.0 a timeout with decimals"}, args: "key:key0... timeout:dbl"},
	"bzpopmax": {since: "5.0.0", complexity: "O(log(N)), N the members", summary: "Takes the member with the highest score of the first of several sorted sets that is not empty, and waits for one.", history: []string{"6.0.0 a timeout with decimals"}, args: "key:key0... timeout:dbl"},
	"bzmpop":   {since: "7.0.0", complexity: "O(K+M*log(N)), K the keys, N the members and M those returned", summary: "Takes members out of the first of several sorted sets that is not empty, and waits for one.", args: "timeout:dbl numkeys:int key:key0... where(MIN|MAX) [COUNT=count:int]"},
}
