package cluster

import (
	"encoding/binary"
	"net/netip"

	"clusternode/slots"
)

// Record is what a node says about itself. Only its owner changes it.
type Record struct {
	ID      string
	Version Version

	Host                   string // IP address (or hostname, if announced) that peers and clients use; "" unknown
	Port, TLSPort, BusPort int    // 0: none
	Hostname, HumanName    string
	Shard                  string
	Primary                string // node id; "" if the node is a primary
	Cluster                string // id of the cluster, "" before it is settled: see meet.go
	ConfigEpoch            uint64
	Claims                 slots.Set // of a primary
	NoFailover             bool      // cluster-replica-no-failover
}

// IsPrimary reports whether the record is a primary's.
func (r *Record) IsPrimary() bool { return r.Primary == "" }

// Limits of a record. Names are bounded as Redis bounds a hostname (NI_MAXHOST).
const (
	maxRecord = 4 << 10
	maxName   = 255
)

const recordFormat = 1

// Fields of an encoded record: tag, length, bytes. Unknown tags are skipped, so
// that newer releases can add some.
const (
	tagHost byte = iota + 1
	tagPorts
	tagHostname
	tagHumanName
	tagShard
	tagPrimary
	tagCluster
	tagEpoch
	tagRanges // claims as pairs (gap before the range, slots in it - 1)
	tagBitmap // claims as slots.SetBytes bytes
	tagNoFailover
)

// Append encodes the record:
//
//	format 1 | id 20 | version 24 | fields: tag 1, length uvarint, bytes
func (r *Record) Append(b []byte) []byte {
	b = append(b, recordFormat)
	b = appendID(b, r.ID)
	b = appendVersion(b, r.Version)
	field := func(tag byte, value []byte) {
		if len(value) > 0 {
			b = append(b, tag)
			b = binary.AppendUvarint(b, uint64(len(value)))
			b = append(b, value...)
		}
	}
	optionalID := func(tag byte, id string) {
		if id != "" {
			field(tag, appendID(nil, id))
		}
	}
	field(tagHost, []byte(r.Host))
	var ports []byte
	for _, p := range []int{r.Port, r.TLSPort, r.BusPort} {
		ports = binary.BigEndian.AppendUint16(ports, uint16(p))
	}
	field(tagPorts, ports)
	field(tagHostname, []byte(r.Hostname))
	field(tagHumanName, []byte(r.HumanName))
	optionalID(tagShard, r.Shard)
	optionalID(tagPrimary, r.Primary)
	optionalID(tagCluster, r.Cluster)
	if r.ConfigEpoch != 0 {
		field(tagEpoch, binary.AppendUvarint(nil, r.ConfigEpoch))
	}
	if ranges := appendRanges(nil, &r.Claims); len(ranges) < slots.SetBytes {
		field(tagRanges, ranges)
	} else {
		field(tagBitmap, r.Claims.AppendBitmap(nil))
	}
	if r.NoFailover {
		field(tagNoFailover, []byte{1})
	}
	return b
}

func appendRanges(b []byte, set *slots.Set) []byte {
	next := 0
	for r := range set.Ranges() {
		b = binary.AppendUvarint(b, uint64(int(r.First)-next))
		b = binary.AppendUvarint(b, uint64(r.Len()-1))
		next = int(r.Last) + 1
	}
	return b
}

func parseRanges(b []byte, set *slots.Set) bool {
	r := reader{b: b}
	for next := 0; len(r.b) > 0; {
		first := next + int(r.uvarint(slots.Count))
		last := first + int(r.uvarint(slots.Count))
		if r.bad || last >= slots.Count {
			return false
		}
		set.AddRange(slots.Range{First: slots.Slot(first), Last: slots.Slot(last)})
		next = last + 1
	}
	return !r.bad
}

// ParseRecord decodes a record. Nothing of b is kept.
func ParseRecord(b []byte) (*Record, error) {
	if len(b) > maxRecord {
		return nil, ErrWire
	}
	r := reader{b: b}
	if r.byte() != recordFormat {
		return nil, ErrWire
	}
	out := &Record{ID: r.id(), Version: r.version()}
	for len(r.b) > 0 && !r.bad {
		tag := r.byte()
		if value := r.take(int(r.uvarint(maxRecord))); !r.bad && !out.setField(tag, value) {
			return nil, ErrWire
		}
	}
	if r.bad || out.ID == noID {
		return nil, ErrWire
	}
	return out, nil
}

// setField takes one decoded field; false if its value is malformed.
func (r *Record) setField(tag byte, value []byte) bool {
	f := reader{b: value}
	switch tag {
	case tagHost:
		r.Host = string(value)
		return validHost(r.Host)
	case tagPorts:
		for _, p := range []*int{&r.Port, &r.TLSPort, &r.BusPort} {
			if v := f.take(2); v != nil {
				*p = int(binary.BigEndian.Uint16(v))
			}
		}
	case tagHostname:
		r.Hostname = string(value)
		return validHostname(r.Hostname)
	case tagHumanName:
		r.HumanName = string(value)
		return validHumanName(r.HumanName)
	case tagShard:
		r.Shard = f.id()
	case tagPrimary:
		r.Primary = f.id()
	case tagCluster:
		r.Cluster = f.id()
	case tagEpoch:
		r.ConfigEpoch = f.uvarint(maxEpoch)
	case tagRanges:
		return parseRanges(value, &r.Claims)
	case tagBitmap:
		set, err := slots.SetFromBitmap(value)
		if err != nil {
			return false
		}
		r.Claims = *set
		return true
	case tagNoFailover:
		r.NoFailover = f.byte() != 0
	default:
		return true
	}
	return f.end() == nil
}

// maxEpoch bounds epochs from outside: a maximum of 64 bits would leave no room
// to count on.
const maxEpoch = 1<<62 - 1

// validHost accepts an IP address or, for those who announce one, a hostname.
func validHost(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Zone() == "" || s != "" && validHostname(s)
}

// validHostname accepts what cluster-announce-hostname may be: letters,
// digits, '-' and '.', so that the texts it is printed into stay parseable.
func validHostname(s string) bool { return validChars(s, "-.") }

// validHumanName accepts what cluster-announce-human-nodename may be.
func validHumanName(s string) bool { return validChars(s, "-._") }

func validChars(s, more string) bool {
	if len(s) > maxName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		ok := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		for j := range len(more) {
			ok = ok || c == more[j]
		}
		if !ok {
			return false
		}
	}
	return true
}
