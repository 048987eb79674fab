package command

// setDocs documents SetSpecs.
var setDocs = map[string]doc{
	"sadd":        {since: "1.0.0", complexity: "O(N), N the members added", summary: "Adds members to a set, which is made if it does not exist.", history: []string{"2.4.0 several members"}, args: "key:key0 member..."},
	"scard":       {since: "1.0.0", summary: "The number of members of a set.", args: "key:key0"},
	"sdiff":       {since: "1.0.0", complexity: "O(N), N the members of all sets", summary: "The members of the first set that no other set has.", args: "key:key0..."},
	"sdiffstore":  {since: "1.0.0", complexity: "O(N), N the members of all sets", summary: "Stores the members of the first set that no other set has.", args: "destination:key0 key:key1..."},
	"sinter":      {since: "1.0.0", complexity: "O(N*M), N the members of the smallest set and M the sets", summary: "The members that all sets have.", args: "key:key0..."},
	"sintercard":  {since: "7.0.0", complexity: "O(N*M), N the members of the smallest set and M the sets", summary: "The number of members that all sets have.", args: "numkeys:int key:key0... [LIMIT=limit:int]"},
	"sinterstore": {since: "1.0.0", complexity: "O(N*M), N the members of the smallest set and M the sets", summary: "Stores the members that all sets have.", args: "destination:key0 key:key1..."},
	"sismember":   {since: "1.0.0", summary: "Whether a set has a member.", args: "key:key0 member"},
	"smembers":    {since: "1.0.0", complexity: "O(N), N the members", summary: "All members of a set.", args: "key:key0"},
	"smismember":  {since: "6.2.0", complexity: "O(N), N the members asked for", summary: "Which of several members a set has.", args: "key:key0 member..."},
	"smove":       {since: "1.0.0", summary: "Moves a member from one set to another.", args: "source:key0 destination:key1 member"},
	"spop":        {since: "1.0.0", complexity: "O(log(N)), with a count O(N), N the count", summary: "Takes random members out of a set.", history: []string{"3.2.0 count"}, args: "key:key0 [count:int@3.2.0]"},
	"srandmember": {since: "1.0.0", complexity: "O(log(N)), with a count O(N), N the absolute count", summary: "Random members of a set.", history: []string{"2.6.0 count"}, args: "key:key0 [count:int@2.6.0]"},
	"srem":        {since: "1.0.0", complexity: "O(N), N the members removed", summary: "Removes members from a set, which is deleted with its last one.", history: []string{"2.4.0 several members"}, args: "key:key0 member..."},
	"sscan":       {since: "2.8.0", complexity: "O(1) for each call, O(N) for all of a set", summary: "Visits the members of a set step by step.", args: "key:key0 cursor:int [MATCH=pattern:pattern] [COUNT=count:int]"},
	"sunion":      {since: "1.0.0", complexity: "O(N), N the members of all sets", summary: "The members of all sets together.", args: "key:key0..."},
	"sunionstore": {since: "1.0.0", complexity: "O(N), N the members of all sets", summary: "Stores the members of all sets together.", args: "destination:key0 key:key1..."},
}
