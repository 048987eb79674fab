package cluster

import (
	"strconv"
	"strings"
)

// AppendNodes appends the text of CLUSTER NODES; tls: the client connection
// uses TLS, so the TLS ports are shown.
func (v *View) AppendNodes(b []byte, tls bool) []byte {
	for i := range v.nodes {
		b = v.appendNode(b, i, tls)
		b = append(b, '\n')
	}
	for i := range v.meets {
		b = v.meets[i].append(b)
		b = append(b, '\n')
	}
	return b
}

// Replicas lists the lines of CLUSTER NODES of a primary's replicas.
func (v *View) Replicas(id string, tls bool) ([]string, error) {
	p := v.find(id)
	if p < 0 {
		return nil, unknownNode(id)
	}
	if !v.nodes[p].isPrimary() {
		return nil, Error("ERR The specified node is not a master")
	}
	lines := []string{}
	for i := range v.nodes {
		if i != p && v.nodes[i].primaryIs == p {
			lines = append(lines, string(v.appendNode(nil, i, tls)))
		}
	}
	return lines, nil
}

// appendNode appends one line of CLUSTER NODES:
//
//	id host:port@busport[,hostname] flags primary ping-sent pong-received epoch link slots...
func (v *View) appendNode(b []byte, i int, tls bool) []byte {
	n := &v.nodes[i]
	b = append(b, n.id...)
	b = append(b, ' ')
	b = appendAddress(b, n.host, n.clientPort(tls), n.busPort)
	if n.hostname != "" {
		b = append(b, ',')
		b = append(b, n.hostname...)
	}
	b = append(b, ' ')
	b = append(b, v.flags(i)...)
	b = append(b, ' ')
	b = append(b, orDash(n.primary)...)
	b = appendNumbers(b, n.pulse.pingSent.Load(), n.pulse.pongReceived.Load(), int64(n.epoch))
	if n.pulse.link.Load() {
		b = append(b, " connected"...)
	} else {
		b = append(b, " disconnected"...)
	}
	for _, r := range n.ranges {
		b = append(b, ' ')
		b = r.Append(b)
	}
	if i == v.self {
		b = appendMoves(b, v.migrating, v.importing)
	}
	return b
}

func appendAddress(b []byte, host string, port, busPort int) []byte {
	b = append(b, host...)
	b = append(b, ':')
	b = strconv.AppendInt(b, int64(port), 10)
	b = append(b, '@')
	return strconv.AppendInt(b, int64(busPort), 10)
}

func appendNumbers(b []byte, list ...int64) []byte {
	for _, n := range list {
		b = append(b, ' ')
		b = strconv.AppendInt(b, n, 10)
	}
	return b
}

// appendMoves appends the slots on the move: " [5->-id]" leaves, " [5-<-id]" arrives.
func appendMoves(b []byte, migrating, importing []move) []byte {
	for _, list := range []struct {
		moves []move
		arrow string
	}{{migrating, "->-"}, {importing, "-<-"}} {
		for _, s := range list.moves {
			b = append(b, " ["...)
			b = strconv.AppendInt(b, int64(s.slot), 10)
			b = append(b, list.arrow...)
			b = append(b, s.node...)
			b = append(b, ']')
		}
	}
	return b
}

// flags are the words of the flags column; this is where roles get their names
// on the wire.
func (v *View) flags(i int) string {
	n := &v.nodes[i]
	return flagWords(i == v.self, n.isPrimary(), n.pfail, n.fail, n.host == "" && i != v.self, n.noFailover)
}

func flagWords(myself, primary, pfail, fail, noAddr, noFailover bool) string {
	var words []string
	add := func(on bool, word string) {
		if on {
			words = append(words, word)
		}
	}
	add(myself, "myself")
	add(primary, "master")
	add(!primary, "slave")
	add(pfail, "fail?")
	add(fail, "fail")
	add(noAddr, "noaddr")
	add(noFailover, "nofailover")
	return strings.Join(words, ",")
}

func orDash(id string) string {
	if id == "" {
		return "-"
	}
	return id
}

func (h *viewMeet) append(b []byte) []byte {
	b = append(b, h.id...)
	b = append(b, ' ')
	b = appendAddress(b, h.host, h.port, h.busPort)
	b = append(b, " handshake -"...)
	b = appendNumbers(b, h.started, 0, 0)
	return append(b, " disconnected"...)
}
