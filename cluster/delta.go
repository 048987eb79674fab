package cluster

import "encoding/binary"

// Membership is the last word on whether a node belongs to the cluster. The
// greater version wins; of equal ones, forgotten.
type Membership struct {
	Version   uint64
	Forgotten bool
}

// newer reports whether a replaces b.
func (a Membership) newer(b Membership) bool {
	return a.Version > b.Version || a.Version == b.Version && a.Forgotten && !b.Forgotten
}

// delta is the unit of gossip: membership entries and encoded records.
type delta struct {
	members []memberEntry
	records [][]byte
}

type memberEntry struct {
	id string
	Membership
}

const (
	deltaFormat = 1
	deltaMember = 'm' // id 20 | version uvarint | forgotten 1
	deltaRecord = 'r' // length uvarint | record
)

// maxMemberVersion leaves room to count on.
const maxMemberVersion = 1 << 62

// appendMember and appendRecord write the items of a delta; a delta starts
// with deltaFormat.
func appendMember(b []byte, id string, m Membership) []byte {
	b = append(b, deltaMember)
	b = appendID(b, id)
	b = binary.AppendUvarint(b, m.Version)
	if m.Forgotten {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendRecord(b, raw []byte) []byte {
	b = append(b, deltaRecord)
	b = binary.AppendUvarint(b, uint64(len(raw)))
	return append(b, raw...)
}

// parseDelta decodes a delta. Its records alias b.
func parseDelta(b []byte) (delta, error) {
	var d delta
	r := reader{b: b}
	if r.byte() != deltaFormat {
		return d, ErrWire
	}
	for len(r.b) > 0 && !r.bad {
		switch r.byte() {
		case deltaMember:
			e := memberEntry{id: r.id(), Membership: Membership{r.uvarint(maxMemberVersion), r.byte() != 0}}
			if e.id == noID {
				return d, ErrWire
			}
			d.members = append(d.members, e)
		case deltaRecord:
			d.records = append(d.records, r.take(int(r.uvarint(maxRecord))))
		default:
			return d, ErrWire
		}
	}
	return d, r.end()
}
