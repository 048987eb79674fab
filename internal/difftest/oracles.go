package difftest

import (
	"slices"
	"strings"
)

// A difference is something that a real server does otherwise than Redis 7.2, the version that ours follows. This is the
// only place where such knowledge lives; generators ask Differs and leave the command out of histories for that server.
type difference struct {
	oracles []string
	// command is the name, or name and subcommand, in lower case.
	command string
	// when limits it to some argument lists; nil means all of them.
	when func(args []string) bool
	why  string
}

var differences = []difference{
	{[]string{"redis"}, "client no-touch", nil, "since 7.2"},
	{[]string{"redis"}, "client setinfo", nil, "since 7.2"},
	{[]string{"redis"}, "command docs", nil, "7.0 knows fewer fields"},
}

// Differs returns why histories for that oracle must not hold the command, or "".
func Differs(oracle string, args []string) string {
	if len(args) == 0 {
		return ""
	}
	name := strings.ToLower(args[0])
	both := name
	if len(args) > 1 {
		both += " " + strings.ToLower(args[1])
	}
	for _, d := range differences {
		if (d.command == name || d.command == both) && slices.Contains(d.oracles, oracle) && (d.when == nil || d.when(args)) {
			return d.why
		}
	}
	return ""
}
