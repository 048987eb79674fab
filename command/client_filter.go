package command

import (
	"math"

	"clusternode/resp"
)

// ClientType is what a connection is used for, as CLIENT LIST and KILL and the
// output buffer limits tell them apart.
type ClientType int8

const (
	ClientTypeAny ClientType = iota - 1 // in a filter: all of them
	ClientTypeNormal
	ClientTypeReplica
	ClientTypePubSub
	ClientTypePrimary
)

// ParseClientType reads the name of a type in any case.
func ParseClientType(name []byte) (ClientType, bool) {
	switch {
	case equalFold(name, "normal"):
		return ClientTypeNormal, true
	case equalFold(name, "slave"), equalFold(name, "replica"):
		return ClientTypeReplica, true
	case equalFold(name, "pubsub"):
		return ClientTypePubSub, true
	case equalFold(name, "master"):
		return ClientTypePrimary, true
	}
	return ClientTypeAny, false
}

// ClientInfo is what a filter asks of a connection.
type ClientInfo struct {
	ID          int64
	Type        ClientType
	Addr, LAddr string // as CLIENT LIST prints them
	User        string
}

// ClientKill is a parsed CLIENT KILL: which connections to close. It aliases
// the command's arguments.
type ClientKill struct {
	// Legacy: the form with an address only, which replies OK or an error in
	// place of a count.
	Legacy bool
	ID     int64 // 0: any
	Type   ClientType
	SkipMe bool
	// Empty texts match nobody, nil all.
	Addr, LAddr, User []byte
}

// ErrNoSuchClient is the reply of the legacy CLIENT KILL that found nothing.
const ErrNoSuchClient = "ERR No such client"

// ParseClientKill reads the arguments of CLIENT KILL, both names included.
// knowsUser reports whether there is a user of that name. problem is the
// error's text, "" if there is none.
func ParseClientKill(args [][]byte, knowsUser func(name []byte) bool) (k ClientKill, problem string) {
	k.Type, k.SkipMe = ClientTypeAny, true
	if len(args) == 3 {
		k.Legacy, k.SkipMe, k.Addr = true, false, args[2]
		return k, ""
	}
	for i := 2; i < len(args); i += 2 {
		if i+1 == len(args) {
			return k, resp.ErrSyntax
		}
		value := args[i+1]
		switch opt := args[i]; {
		case equalFold(opt, "id"):
			if k.ID, problem = parseBetween(value, 1, math.MaxInt64, "ERR client-id should be greater than 0"); problem != "" {
				return k, problem
			}
		case equalFold(opt, "type"):
			var ok bool
			if k.Type, ok = ParseClientType(value); !ok {
				return k, unknownClientType(value)
			}
		case equalFold(opt, "addr"):
			k.Addr = value
		case equalFold(opt, "laddr"):
			k.LAddr = value
		case equalFold(opt, "user"):
			if !knowsUser(value) {
				return k, "ERR No such user '" + resp.Quoted(value) + "'"
			}
			k.User = value
		case equalFold(opt, "skipme") && equalFold(value, "yes"):
			k.SkipMe = true
		case equalFold(opt, "skipme") && equalFold(value, "no"):
			k.SkipMe = false
		default:
			return k, resp.ErrSyntax
		}
	}
	return k, ""
}

func unknownClientType(name []byte) string {
	return "ERR Unknown client type '" + resp.Quoted(name) + "'"
}

// Matches reports whether the connection is to be closed; me is the one that
// asks.
func (k *ClientKill) Matches(c ClientInfo, me int64) bool {
	switch {
	case k.Addr != nil && string(k.Addr) != c.Addr, k.LAddr != nil && string(k.LAddr) != c.LAddr:
		return false
	case k.Type != ClientTypeAny && k.Type != c.Type:
		return false
	case k.ID != 0 && k.ID != c.ID:
		return false
	case k.User != nil && string(k.User) != c.User:
		return false
	}
	return !k.SkipMe || c.ID != me
}

// ClientList is a parsed CLIENT LIST: which connections to print.
type ClientList struct {
	Type ClientType
	// IDs, if not nil, are the connections to print, in this order; unknown
	// ones are left out.
	IDs []int64
}

// ParseClientList reads the arguments of CLIENT LIST, both names included.
func ParseClientList(args [][]byte) (l ClientList, problem string) {
	l.Type = ClientTypeAny
	switch {
	case len(args) == 4 && equalFold(args[2], "type"):
		var ok bool
		if l.Type, ok = ParseClientType(args[3]); !ok {
			return l, unknownClientType(args[3])
		}
	case len(args) > 3 && equalFold(args[2], "id"):
		for _, a := range args[3:] {
			id, problem := parseBetween(a, math.MinInt64, math.MaxInt64, "ERR Invalid client ID")
			if problem != "" {
				return l, problem
			}
			l.IDs = append(l.IDs, id)
		}
	case len(args) != 2:
		return l, resp.ErrSyntax
	}
	return l, ""
}

// ClientPause is a parsed CLIENT PAUSE.
type ClientPause struct {
	Until      int64 // unix milliseconds
	WritesOnly bool
}

// ParseClientPause reads the arguments of CLIENT PAUSE, both names included,
// at the time now in unix milliseconds.
func ParseClientPause(args [][]byte, now int64) (p ClientPause, problem string) {
	switch {
	case len(args) > 4:
		return p, resp.SubcommandSyntax(args[1], "client")
	case len(args) == 4 && equalFold(args[3], "write"):
		p.WritesOnly = true
	case len(args) == 4 && !equalFold(args[3], "all"):
		return p, "ERR CLIENT PAUSE mode must be WRITE or ALL"
	}
	n, problem := parseBetween(args[2], math.MinInt64, math.MaxInt64, "ERR timeout is not an integer or out of range")
	switch {
	case problem != "":
		return p, problem
	case n < 0:
		return p, "ERR timeout is negative"
	case n > math.MaxInt64-now:
		return p, "ERR timeout is out of range"
	}
	p.Until = now + n
	return p, ""
}
