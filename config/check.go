package config

import (
	"net/netip"
	"strings"
)

// Checks that a codec cannot make: they look at what a value means.

// plainName refuses a path where a file name is wanted.
func plainName(directive string) func(Value) error {
	return func(v Value) error {
		switch {
		case v.str == "" && directive != "dbfilename":
			return wording(directive + " can't be empty")
		case strings.ContainsRune(v.str, '/'):
			what := "filename"
			if directive == "appenddirname" {
				what = "dirname"
			}
			return wording(directive + " can't be a path, just a " + what)
		}
		return nil
	}
}

// ipAddress wants an IP address; empty is unset. Redis takes any text, and
// connects from anywhere if it is no address.
func ipAddress(v Value) error {
	if v.str == "" {
		return nil
	}
	if _, err := netip.ParseAddr(v.str); err != nil {
		return wording("argument must be an IP address")
	}
	return nil
}

const maxHostname = 256

// hostname checks an announced host name; empty is unset.
func hostname(v Value) error {
	if len(v.str) >= maxHostname {
		return wording("Hostnames must be less than 256 characters")
	}
	for i := 0; i < len(v.str); i++ {
		if c := v.str[i]; c != '-' && c != '.' && !letterOrDigit(c) {
			return wording("Hostnames may only contain alphanumeric characters, hyphens or dots")
		}
	}
	return nil
}

func letterOrDigit(c byte) bool { return c-'0' < 10 || (c|0x20)-'a' < 26 }

// nodeName checks a human readable node name; empty is unset. It stands in
// nodes.conf, whose lines are split at blanks, commas and quotes, so those are
// refused together with what Redis refuses.
func nodeName(v Value) error {
	if len(v.str) >= maxHostname {
		return wording("Node name must be less than 256 characters")
	}
	for i := 0; i < len(v.str); i++ {
		if c := v.str[i]; c <= ' ' || c == 0x7f || strings.IndexByte("!#$%&()*+:;<>?@[]^{|}~,=\"'", c) >= 0 {
			return wording("Announced human node name contained invalid character")
		}
	}
	return nil
}

// titleVariables are what proc-title-template may name in braces.
var titleVariables = map[string]bool{
	"title": true, "listen-addr": true, "server-mode": true, "port": true,
	"tls-port": true, "unixsocket": true, "config-file": true,
}

// titleTemplate refuses unknown variables and a template of which nothing is
// left while the title is empty.
func titleTemplate(v Value) error {
	left := false
	for rest := v.str; rest != ""; {
		text, after, variable := strings.Cut(rest, "{")
		name, next, closed := strings.Cut(after, "}")
		if variable && !(closed && titleVariables[name]) {
			left = false
			break
		}
		left = left || text != "" || variable && name != "title"
		rest = next
	}
	if !left {
		return wording("template format is invalid or contains unknown variables")
	}
	return nil
}

func saveOrNot(v Value) error {
	save, _ := shutdownFlags.find("save")
	nosave, _ := shutdownFlags.find("nosave")
	if v.num&save != 0 && v.num&nosave != 0 {
		return wording("shutdown options SAVE and NOSAVE can't be used simultaneously")
	}
	return nil
}
