package object

// ZSetBuilder makes the value of a sorted set before there is an entry for it.
// Until it is in one, a builder that is not needed any more is discarded: it may
// have blocks.
type ZSetBuilder struct {
	host buffer
	set  ZSet
	lim  ZSetLimits
}

// NewZSetBuilder begins a sorted set in the space of its future key, for about n
// members of up to longest bytes; 0 if that is not known.
func NewZSetBuilder(sp *Space, lim ZSetLimits, n, longest int) *ZSetBuilder {
	b := &ZSetBuilder{lim: lim}
	enc, v := EmptyZSet(nil, nil, n, lim)
	if longest > lim.Value {
		enc, v = EncSkiplist, make([]byte, ZSetTreesSize)
	}
	b.host = buffer{sp, enc, v}
	b.set = OpenZSet(&b.host)
	return b
}

// Len is the number of members.
func (b *ZSetBuilder) Len() int { return b.set.Len() }

// Set is what there is so far.
func (b *ZSetBuilder) Set() *ZSet { return &b.set }

// Add adds a member that the set does not have, and that does not lie in the
// arena.
func (b *ZSetBuilder) Add(member []byte, score float64) error {
	return b.set.Insert(member, score, b.lim)
}

// Value is the encoding and the value for the entry, which owns them then.
func (b *ZSetBuilder) Value() (Encoding, []byte) { return b.host.enc, b.host.v }

// Discard frees what was made.
func (b *ZSetBuilder) Discard() { Detach(b.host.sp, TypeZSet, b.host.enc, b.host.v).Free(maxInt) }
