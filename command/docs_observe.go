package command

// noComplexity is for commands of which Redis says nothing.
const noComplexity = "-"

// observeDocs documents ObserveSpecs.
var observeDocs = map[string]doc{
	"latency":           {since: "2.8.13", complexity: "depends on the subcommand", summary: "Looks at how long things take."},
	"latency|doctor":    {since: "2.8.13", summary: "A report of the latency spikes and what may help."},
	"latency|graph":     {since: "2.8.13", summary: "The latency spikes of an event as a picture.", args: "event"},
	"latency|help":      {since: "2.8.13", summary: "Describes the subcommands."},
	"latency|histogram": {since: "7.0.0", complexity: "O(N), N the commands with figures", summary: "How long calls of commands took, as cumulative distributions.", args: "[command...]"},
	"latency|history":   {since: "2.8.13", summary: "The latency spikes of an event.", args: "event"},
	"latency|latest":    {since: "2.8.13", summary: "The last latency spike of every event."},
	"latency|reset":     {since: "2.8.13", summary: "Forgets the latency spikes of events, or all of them.", args: "[event...]"},
	"lolwut":            {since: "5.0.0", complexity: noComplexity, summary: "Draws a picture and names the version.", args: "[VERSION=version:int]"},
	"monitor":           {since: "1.0.0", complexity: noComplexity, summary: "Shows every command that the server runs from now on."},
	"slowlog":           {since: "2.2.12", complexity: "depends on the subcommand", summary: "Looks at the commands that took long."},
	"slowlog|get":       {since: "2.2.12", complexity: "O(N), N the entries replied", summary: "The last slow commands.", history: []string{"4.0.0 the client's address and name"}, args: "[count:int]"},
	"slowlog|help":      {since: "6.2.0", summary: "Describes the subcommands."},
	"slowlog|len":       {since: "2.2.12", summary: "How many slow commands are kept."},
	"slowlog|reset":     {since: "2.2.12", complexity: "O(N), N the entries", summary: "Forgets the slow commands."},
}
