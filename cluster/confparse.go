package cluster

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clusternode/slots"
)

// maxConf bounds a nodes.conf in bytes.
const maxConf = 256 << 20

// ParseConf reads a nodes.conf, ours or that of a Redis from 3.0 to 8. The error
// names the line.
func ParseConf(text []byte) (*Saved, error) {
	if len(text) > maxConf {
		return nil, errors.New("nodes.conf: too long")
	}
	s := &Saved{Members: map[string]Membership{}, Versions: map[string]Version{}}
	seen := map[string]bool{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		var err error
		switch {
		case words[0] == "vars":
			err = s.parseVars(words[1:])
		case seen[words[0]]:
			err = errors.New("the node is there twice")
		case len(seen) >= maxMembers:
			err = errors.New("too many nodes")
		default:
			seen[words[0]] = true
			err = s.parseNode(words)
		}
		if err != nil {
			return nil, fmt.Errorf("nodes.conf line %d: %w", number, err)
		}
	}
	if s.Self == "" {
		return nil, errors.New("nodes.conf: no node has the flag myself")
	}
	s.inventShards()
	return s, nil
}

// inventShards fills in shard ids that files of older releases lack.
func (s *Saved) inventShards() {
	shards := map[string]string{}
	for i := range s.Nodes {
		r := &s.Nodes[i].Record
		if r.Shard == "" && r.IsPrimary() {
			r.Shard = shardOf(r.ID)
		}
		shards[r.ID] = r.Shard
	}
	for i := range s.Nodes {
		if r := &s.Nodes[i].Record; r.Shard == "" {
			r.Shard = shards[r.Primary]
		}
	}
}

func (s *Saved) parseVars(words []string) error {
	if len(words)%2 != 0 {
		return errors.New("vars: a name without value")
	}
	for i := 0; i < len(words); i += 2 {
		name, value := words[i], words[i+1]
		var err error
		switch {
		case strings.EqualFold(name, "currentEpoch"):
			s.CurrentEpoch, err = strconv.ParseUint(value, 10, 62)
		case strings.EqualFold(name, "lastVoteEpoch"):
			s.LastVote, err = strconv.ParseUint(value, 10, 62)
		case name == varBoot:
			s.Boot, err = strconv.ParseUint(value, 10, 62)
		case name == varCluster:
			s.Cluster = value
			if !ValidID(value) {
				err = errors.New("not an id")
			}
		case name == varMembers:
			err = s.parseMembers(value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (s *Saved) parseNode(words []string) error {
	if len(words) < 8 {
		return errors.New("fewer than 8 fields")
	}
	sn := SavedNode{ID: words[0], Record: Record{ID: words[0]}}
	if !ValidID(sn.ID) {
		return fmt.Errorf("%.60q is not a node id", sn.ID)
	}
	if err := sn.parseAddress(words[1]); err != nil {
		return err
	}
	self, handshake, err := sn.parseFlags(words[2])
	if err != nil || handshake {
		return err
	}
	if p := words[3]; p != "-" {
		if !ValidID(p) || p == sn.ID {
			return fmt.Errorf("%.60q is not a node id", p)
		}
		sn.Record.Primary = p
	}
	if sn.Record.ConfigEpoch, err = strconv.ParseUint(words[6], 10, 62); err != nil {
		return fmt.Errorf("bad epoch %.60q", words[6])
	}
	for _, w := range words[8:] {
		if err := sn.parseSlots(w); err != nil {
			return err
		}
	}
	if self {
		if s.Self != "" {
			return errors.New("a second node has the flag myself")
		}
		s.Self = sn.ID
	}
	s.Nodes = append(s.Nodes, sn)
	return nil
}

// parseAddress reads host:port[@busport][,hostname[,name=value...]].
func (sn *SavedNode) parseAddress(text string) error {
	r := &sn.Record
	fields := strings.Split(text, ",")
	at := strings.LastIndexByte(fields[0], ':')
	if at < 0 {
		return fmt.Errorf("no port in %.100q", text)
	}
	port, busPort, hasBus := strings.Cut(fields[0][at+1:], "@")
	r.Host = fields[0][:at]
	var err error
	if r.Port, err = parsePort(port); err != nil {
		return err
	}
	if r.BusPort = r.Port + BusPortOffset; hasBus {
		if r.BusPort, err = parsePort(busPort); err != nil {
			return err
		}
	}
	if r.BusPort > 65535 {
		r.BusPort = 0
	}
	if r.Host != "" && !validHost(r.Host) {
		return fmt.Errorf("bad host %.100q", r.Host)
	}
	if len(fields) > 1 {
		if r.Hostname = fields[1]; !validHostname(r.Hostname) {
			return fmt.Errorf("bad hostname %.100q", r.Hostname)
		}
		return sn.parseExtras(fields[2:])
	}
	return nil
}

// parseExtras reads the name=value fields of the address; unknown names are
// left to newer releases.
func (sn *SavedNode) parseExtras(fields []string) (err error) {
	r := &sn.Record
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		switch name {
		case "shard-id":
			if r.Shard = value; !ValidID(value) {
				return fmt.Errorf("%.60q is not a shard id", value)
			}
		case "nodename":
			if r.HumanName = value; !validHumanName(value) {
				return fmt.Errorf("bad nodename %.60q", value)
			}
		case "tls-port":
			r.TLSPort, err = parsePort(value)
		case "tcp-port": // then the port before is the TLS one
			r.TLSPort = r.Port
			r.Port, err = parsePort(value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func parsePort(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("bad port %.60q", text)
	}
	return int(n), nil
}

func (sn *SavedNode) parseFlags(text string) (self, handshake bool, err error) {
	for w := range strings.SplitSeq(text, ",") {
		switch w {
		case "myself":
			self = true
		case "handshake":
			handshake = true
		case "fail":
			sn.Fail = true
		case "nofailover":
			sn.Record.NoFailover = true
		case "master", "slave", "fail?", "noaddr", "noflags", "migrate_to":
		default:
			return false, false, fmt.Errorf("unknown flag %.60q", w)
		}
	}
	return self, handshake, nil
}

// parseSlots reads "7", "0-100", "[5->-id]" or "[5-<-id]".
func (sn *SavedNode) parseSlots(w string) error {
	if !strings.HasPrefix(w, "[") {
		r, err := slots.ParseRange(w)
		if err != nil {
			return fmt.Errorf("bad slots %.60q", w)
		}
		sn.Record.Claims.AddRange(r)
		return nil
	}
	for _, arrow := range []struct {
		sign string
		to   *map[slots.Slot]string
	}{{"->-", &sn.Migrating}, {"-<-", &sn.Importing}} {
		number, id, found := strings.Cut(strings.TrimSuffix(w[1:], "]"), arrow.sign)
		s, ok := slots.ParseSlot([]byte(number))
		if !found || !ok || !ValidID(id) {
			continue
		}
		if *arrow.to == nil {
			*arrow.to = make(map[slots.Slot]string)
		}
		(*arrow.to)[s] = id
		return nil
	}
	return fmt.Errorf("bad slot on the move %.100q", w)
}
