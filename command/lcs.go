package command

import (
	"math/bits"

	"clusternode/keyspace"
	"clusternode/resp"
)

// lcsOptions are the options of LCS.
type lcsOptions struct {
	length, index, withLen bool
	minLen                 int64
}

func parseLCSOptions(args [][]byte) (o lcsOptions, problem string) {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case equalFold(a, "idx"):
			o.index = true
		case equalFold(a, "len"):
			o.length = true
		case equalFold(a, "withmatchlen"):
			o.withLen = true
		case equalFold(a, "minmatchlen") && i+1 < len(args):
			i++
			n, ok := resp.ParseInt(args[i])
			if !ok {
				return o, resp.ErrNotInteger
			}
			o.minLen = max(n, 0)
		default:
			return o, resp.ErrSyntax
		}
	}
	if o.index && o.length {
		return o, "ERR If you want both the length and indexes, please just use IDX."
	}
	return o, ""
}

func lcs(c *Ctx) {
	var text [2][]byte
	for i := range c.Keys { // both, whatever the first is; and a removal of the second may move the first
		c.Read(&c.Keys[i])
	}
	for i := range c.Keys {
		k := &c.Keys[i]
		if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() {
			if e.Type() != keyspace.TypeString {
				c.W.Error("ERR The specified keys must contain string values")
				return
			}
			text[i] = e.Value()
		}
	}
	a, b := text[0], text[1]
	o, problem := parseLCSOptions(c.Args[3:])
	if problem == "" && !lcsFits(len(a), len(b), c.Env.Settings.MaxBulk.Load()) {
		problem = "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"
	}
	if problem != "" {
		c.W.Error(problem)
		return
	}
	m := newLCS(a, b, !o.length)
	switch {
	case o.length:
		c.W.Int(int64(m.length))
	case o.index:
		c.replyLCSRanges(m, o)
	default:
		c.W.Bulk(m.text())
	}
}

// lcsFits keeps to the sizes that Redis accepts: its table has 4 bytes for each
// pair of prefixes. The one here is smaller.
func lcsFits(a, b int, limit int64) bool {
	hi, pairs := bits.Mul64(uint64(a)+1, uint64(b)+1)
	return hi == 0 && pairs <= uint64(limit)/4
}

// costOfLCS: a step handles 64 pairs of bytes.
func costOfLCS(c *Ctx) int64 {
	pairs := int64(1)
	for i := range c.Keys {
		k := &c.Keys[i]
		if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.Type() == keyspace.TypeString {
			pairs *= min(int64(len(e.Value())), 1<<30) + 1
		}
	}
	return pairs / 8
}

// lcsMatch is the longest common subsequence of two strings a and b.
//
// Let L(i, j) be its length for the first i bytes of a and the first j of b.
// Neighbours in the table of all L differ by 0 or 1, so that a row of it fits
// a bit vector, and a row follows from the one above by a few operations on
// whole words: H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004.
// The columns belong to the longer string, so that words are well filled.
//
// To find the way back, one bit of each pair is kept: whether, where the bytes
// differ, it leads from (i, j) to (i-1, j), which is where L(i-1, j) is greater
// than L(i, j-1), or else to (i, j-1).
type lcsMatch struct {
	a, b    []byte
	length  int
	words   int      // of a row of stepA
	swapped bool     // a has the rows, b the columns
	stepA   []uint64 // a bit for each row and column
}

// newLCS computes the table; with path, in a way that it can be walked back.
func newLCS(a, b []byte, path bool) *lcsMatch {
	m := &lcsMatch{a: a, b: b, swapped: len(a) < len(b)}
	columns, rows := a, b
	if m.swapped {
		columns, rows = b, a
	}
	m.words = (len(columns) + 63) / 64
	if path {
		m.stepA = make([]uint64, len(rows)*m.words)
	}
	masks := lcsMasks(columns, rows, m.words)
	// A zero bit in flat says that L grows from the column on its left.
	flat := make([]uint64, m.words)
	for i := range flat {
		flat[i] = ^uint64(0)
	}
	for r, c := range rows {
		if path {
			m.rowWithSteps(flat, masks[c], m.stepA[r*m.words:(r+1)*m.words])
		} else {
			lcsRow(flat, masks[c])
		}
	}
	for _, w := range flat {
		m.length += bits.OnesCount64(^w)
	}
	return m
}

// lcsMasks has for each byte of rows the columns where it stands, as bits.
func lcsMasks(columns, rows []byte, words int) (masks [256][]uint64) {
	for _, c := range rows {
		if masks[c] == nil {
			masks[c] = make([]uint64, words)
		}
	}
	for i, c := range columns {
		if masks[c] != nil {
			masks[c][i/64] |= 1 << (i % 64)
		}
	}
	return masks
}

// lcsRow turns a row into the next one, for the row byte with this mask.
func lcsRow(flat, mask []uint64) {
	var carry uint64
	for i, v := range flat {
		u := v & mask[i]
		sum, next := bits.Add64(v, u, carry)
		flat[i], carry = sum|v&^u, next
	}
}

// rowWithSteps is lcsRow that also fills a row of stepA.
func (m *lcsMatch) rowWithSteps(flat, mask, steps []uint64) {
	var carry, below uint64 // below: all ones if L grew from the row above, in the last column so far
	for i, v := range flat {
		u := v & mask[i]
		sum, next := bits.Add64(v, u, carry)
		row := sum | v&^u
		flat[i], carry = row, next
		// What L grows by from row to row changes exactly where the two rows
		// differ in how they grow from column to column: a running parity.
		down := v ^ row
		for s := 1; s < 64; s *= 2 {
			down ^= down << s
		}
		down ^= below
		below = -(down >> 63)
		if m.swapped { // down is along a, across is along b
			steps[i] = ^down & ^row
		} else {
			steps[i] = row & down
		}
	}
}

// walk goes back from the end of both strings and calls f for every pair of
// bytes that belongs to the match, from the last to the first.
func (m *lcsMatch) walk(f func(i, j int)) {
	i, j := len(m.a), len(m.b)
	for i > 0 && j > 0 {
		row, column := j-1, i-1
		if m.swapped {
			row, column = column, row
		}
		switch {
		case m.a[i-1] == m.b[j-1]:
			i--
			j--
			f(i, j)
		case m.stepA[row*m.words+column/64]>>(column%64)&1 != 0:
			i--
		default:
			j--
		}
	}
}

// text is the subsequence itself.
func (m *lcsMatch) text() []byte {
	out := make([]byte, m.length)
	at := m.length
	m.walk(func(i, _ int) {
		at--
		out[at] = m.a[i]
	})
	return out
}

// lcsRange is a run of bytes that belong to the match and are neighbours in
// both strings; a and b are where it begins.
type lcsRange struct{ a, b, length int }

// ranges lists the runs of at least minLen bytes, from the last to the first.
func (m *lcsMatch) ranges(minLen int64) (out []lcsRange) {
	var run lcsRange
	flush := func() {
		if run.length > 0 && int64(run.length) >= minLen {
			out = append(out, run)
		}
	}
	m.walk(func(i, j int) {
		if run.length > 0 && run.a == i+1 && run.b == j+1 {
			run = lcsRange{i, j, run.length + 1}
			return
		}
		flush()
		run = lcsRange{i, j, 1}
	})
	flush()
	return out
}

func (c *Ctx) replyLCSRanges(m *lcsMatch, o lcsOptions) {
	ranges := m.ranges(o.minLen)
	c.W.Map(2)
	c.W.BulkString("matches")
	c.W.Array(len(ranges))
	for _, r := range ranges {
		n := 2
		if o.withLen {
			n = 3
		}
		c.W.Array(n)
		for _, from := range [2]int{r.a, r.b} {
			c.W.Array(2)
			c.W.Int(int64(from))
			c.W.Int(int64(from + r.length - 1))
		}
		if o.withLen {
			c.W.Int(int64(r.length))
		}
	}
	c.W.BulkString("len")
	c.W.Int(int64(m.length))
}
