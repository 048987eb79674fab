package command

// hyperLogLogDocs documents HyperLogLogSpecs.
var hyperLogLogDocs = map[string]doc{
	"pfadd":      {since: "2.8.9", complexity: "O(N), N the elements", summary: "Adds elements to a HyperLogLog, which is made if it does not exist.", args: "key:key0 [element...]"},
	"pfcount":    {since: "2.8.9", complexity: "O(N), N the keys", summary: "An estimate of how many different elements were added to HyperLogLogs.", args: "key:key0..."},
	"pfdebug":    {since: "2.8.9", complexity: "N/A", summary: "Looks into a HyperLogLog.", sys: true, args: "subcommand key:key0"},
	"pfmerge":    {since: "2.8.9", complexity: "O(N), N the keys", summary: "Makes a HyperLogLog the union of others and itself.", args: "destkey:key0 [sourcekey:key1...]"},
	"pfselftest": {since: "2.8.9", complexity: "N/A", summary: "Tests HyperLogLogs.", sys: true},
}
