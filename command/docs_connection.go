package command

// connectionDocs documents ConnectionSpecs.
var connectionDocs = map[string]doc{
	"auth":                {since: "1.0.0", complexity: "O(N), N the passwords of the user", summary: "Authenticates the connection.", history: []string{"6.0.0 user names"}, args: "[username@6.0.0] password"},
	"client":              {since: "2.4.0", complexity: "depends on the subcommand", summary: "Looks at connections and changes them."},
	"client|caching":      {since: "6.0.0", complexity: "O(1)", summary: "Makes an exception for the next command of a connection that tracks.", args: "mode(YES|NO)"},
	"client|getname":      {since: "2.6.9", summary: "The name of the connection."},
	"client|getredir":     {since: "6.0.0", complexity: "O(1)", summary: "The connection that gets the tracking messages of this one."},
	"client|help":         {since: "5.0.0", summary: "Describes the subcommands."},
	"client|id":           {since: "5.0.0", summary: "The number of the connection."},
	"client|info":         {since: "6.2.0", summary: "What the server knows of the connection."},
	"client|kill":         {since: "2.4.0", complexity: "O(N), N the connections", summary: "Closes connections.", history: []string{"2.8.12 options in place of an address", "2.8.12 ID", "3.2.0 TYPE master", "5.0.0 TYPE replica; slave stays as an alias", "6.2.0 LADDR"}, args: "filter(old-format<ip:port>!2.8.12|new-format([ID=client-id:int@2.8.12]|[TYPE=client-type@2.8.12(NORMAL|MASTER@3.2.0|SLAVE|REPLICA@5.0.0|PUBSUB)]|[USER=username]|[ADDR=addr<ip:port>]|[LADDR=laddr<ip:port>@6.2.0]|[SKIPME=skipme(YES|NO)])...)"},
	"client|list":         {since: "2.4.0", complexity: "O(N), N the connections", summary: "What the server knows of every connection.", history: []string{"2.8.12 field id", "5.0.0 TYPE", "6.0.0 field user", "6.2.0 fields argv-mem, tot-mem, laddr and redir; ID", "7.0.0 fields resp, multi-mem, rbs and rbp", "7.0.3 field ssub", "7.2.0 fields lib-name and lib-ver"}, args: "[TYPE=client-type@5.0.0(NORMAL|MASTER|REPLICA|PUBSUB)] [ID=client-id:int@6.2.0...]"},
	"client|no-evict":     {since: "7.0.0", summary: "Exempts the connection from eviction.", args: "enabled(ON|OFF)"},
	"client|no-touch":     {since: "7.2.0", summary: "Whether reads by the connection count as accesses.", args: "enabled(ON|OFF)"},
	"client|pause":        {since: "3.0.0", summary: "Holds back the commands of all clients for a while.", history: []string{"6.2.0 WRITE and ALL"}, args: "timeout:int [mode@6.2.0(WRITE|ALL)]"},
	"client|reply":        {since: "3.2.0", summary: "Whether the connection gets replies.", args: "action(ON|OFF|SKIP)"},
	"client|setinfo":      {since: "7.2.0", summary: "Names the client library or its version.", args: "attr(LIB-NAME=libname|LIB-VER=libver)"},
	"client|setname":      {since: "2.6.9", summary: "Names the connection.", args: "connection-name"},
	"client|unblock":      {since: "5.0.0", complexity: "O(log N), N the connections", summary: "Ends the waiting of a connection for keys.", args: "client-id:int [unblock-type(TIMEOUT|ERROR)]"},
	"client|tracking":     {since: "6.0.0", complexity: "O(1), more with some options", summary: "Whether the connection hears that keys which it may have a copy of are changed.", args: "status(ON|OFF) [REDIRECT=client-id:int] [PREFIX=prefix...+] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]"},
	"client|trackinginfo": {since: "6.2.0", complexity: "O(1)", summary: "How the connection tracks."},
	"client|unpause":      {since: "6.2.0", complexity: "O(N), N the paused connections", summary: "Ends a pause."},
	"echo":                {since: "1.0.0", summary: "Returns its argument.", args: "message"},
	"hello":               {since: "6.0.0", summary: "Begins a conversation: protocol version, user, name.", history: []string{"6.2.0 protover is optional"}, args: "[arguments{protover:int [AUTH=auth{username password}] [SETNAME=clientname]}]"},
	"ping":                {since: "1.0.0", summary: "Answers PONG, or its argument.", args: "[message]"},
	"quit":                {since: "1.0.0", summary: "Closes the connection.", deprecated: "7.2.0 just closing the connection"},
	"reset":               {since: "6.2.0", summary: "Makes the connection as new."},
	"select":              {since: "1.0.0", summary: "Chooses the database of the connection.", args: "index:int"},
}

// transactionDocs documents TransactionSpecs.
var transactionDocs = map[string]doc{
	"discard": {since: "2.0.0", complexity: "O(N), N the queued commands", summary: "Forgets the queued commands."},
	"exec":    {since: "1.2.0", complexity: "depends on the queued commands", summary: "Runs the queued commands as one."},
	"multi":   {since: "1.2.0", summary: "Begins to queue commands."},
	"unwatch": {since: "2.2.0", summary: "Forgets the watched keys."},
	"watch":   {since: "2.2.0", complexity: "O(1) for each key", summary: "Makes the next EXEC depend on keys staying as they are.", args: "key:key0..."},
}
