package command

// serverDocs documents ServerSpecs, IntrospectionSpecs, DebugSpecs and
// ConfigSpecs.
var serverDocs = map[string]doc{
	"command":                 {since: "2.8.13", complexity: "O(N), N the commands", summary: "Describes all commands to clients."},
	"command|count":           {since: "2.8.13", summary: "How many commands there are."},
	"command|docs":            {since: "7.0.0", complexity: "O(N), N the commands asked for", summary: "What commands do and what they take.", args: "[command-name...]"},
	"command|getkeys":         {since: "2.8.13", complexity: "O(N), N the arguments", summary: "The keys among the arguments of a command.", args: "command [arg...]"},
	"command|getkeysandflags": {since: "7.0.0", complexity: "O(N), N the arguments", summary: "The keys among the arguments, and what is done with each.", args: "command [arg...]"},
	"command|help":            {since: "5.0.0", summary: "Describes the subcommands."},
	"command|info":            {since: "2.8.13", complexity: "O(N), N the commands asked for", summary: "Arity, flags, categories and key specs of commands.", history: []string{"7.0.0 all commands without arguments"}, args: "[command-name...]"},
	"command|list":            {since: "7.0.0", complexity: "O(N), N the commands", summary: "The names of commands.", args: "[FILTERBY=filterby(MODULE=module-name|ACLCAT=category|PATTERN=pattern:pattern)]"},
	"config":                  {since: "2.0.0", complexity: "depends on the subcommand", summary: "Looks at the configuration and changes it."},
	"config|get":              {since: "2.0.0", complexity: "O(N), N the patterns", summary: "Directives that match patterns, and their values.", history: []string{"7.0.0 several patterns"}, args: "parameter..."},
	"config|help":             {since: "5.0.0", summary: "Describes the subcommands."},
	"config|resetstat":        {since: "2.0.0", summary: "Sets the statistics to zero."},
	"config|rewrite":          {since: "2.8.0", summary: "Writes the values into the configuration file."},
	"config|set":              {since: "2.0.0", complexity: "O(N), N the directives", summary: "Changes directives while the server runs.", history: []string{"7.0.0 several directives"}, args: "data{parameter value}..."},
	"dbsize":                  {since: "1.0.0", summary: "How many keys the database has."},
	"debug":                   {since: "1.0.0", complexity: "depends on the subcommand", summary: "Helps to test and examine a server.", sys: true},
	"flushall":                {since: "1.0.0", complexity: "O(N), N the keys", summary: "Deletes all keys of all databases.", history: []string{"4.0.0 ASYNC", "6.2.0 SYNC"}, args: "[flush-type(ASYNC@4.0.0|SYNC@6.2.0)]"},
	"flushdb":                 {since: "1.0.0", complexity: "O(N), N the keys", summary: "Deletes all keys of the database.", history: []string{"4.0.0 ASYNC", "6.2.0 SYNC"}, args: "[flush-type(ASYNC@4.0.0|SYNC@6.2.0)]"},
	"info":                    {since: "1.0.0", summary: "Figures about the server.", history: []string{"7.0.0 several sections"}, args: "[section...]"},
	"memory":                  {since: "4.0.0", complexity: "depends on the subcommand", summary: "Looks at the use of memory."},
	"memory|help":             {since: "4.0.0", summary: "Describes the subcommands."},
	"memory|usage":            {since: "4.0.0", complexity: "O(N), N the samples", summary: "The bytes that a key takes.", args: "key:key0 [SAMPLES=count:int]"},
	"shutdown":                {since: "1.0.0", complexity: "O(N) when it saves N keys, else O(1)", summary: "Ends the server.", history: []string{"7.0.0 NOW, FORCE and ABORT"}, args: "[save-selector(NOSAVE|SAVE)] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]"},
	"swapdb":                  {since: "4.0.0", complexity: "O(N), N the clients that watch keys of either", summary: "Exchanges two databases.", args: "index1:int index2:int"},
	"time":                    {since: "2.6.0", summary: "The wall clock, in seconds and microseconds."},
}
