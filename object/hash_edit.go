package object

import (
	"math"

	"clusternode/internal/listpack"
)

// EmptyHash is the value that a hash begins with, made in buf: packed, unless it
// is to be big.
func EmptyHash(buf []byte, big bool) (Encoding, []byte) {
	if big {
		return EncHashtable, append(buf[:0], make([]byte, HashTreeSize)...)
	}
	return EncListpack, listpack.AppendEmpty(buf[:0])
}

// PackHash makes the value of a packed hash of pairs of fields and values, none of
// which is too long, in buf. Of equal fields the last value counts. It returns the
// number of fields.
func PackHash(buf []byte, pairs [][]byte) (value []byte, fields int) {
	lp := listpack.AppendEmpty(buf[:0])
	for i := 0; i < len(pairs); i += 2 {
		if at := listpack.Find(lp, listpack.First(lp), pairs[i], 1); at >= 0 {
			at = listpack.Next(lp, at)
			lp = listpack.Splice(lp, at, listpack.Size(lp, at), listpack.AppendEntry(nil, pairs[i+1]), 0)
			continue
		}
		lp = append(listpack.AppendEntry(listpack.AppendEntry(lp[:len(lp)-1], pairs[i]), pairs[i+1]), 0xFF)
		fields++
		listpack.FixHeader(lp, 2)
	}
	return lp, fields
}

// PacksAll reports whether all of the pairs of fields and values may be in one
// packed hash.
func (l HashLimits) PacksAll(pairs [][]byte) bool {
	size := 0
	for i := 0; i < len(pairs); i += 2 {
		if !l.FitsPacked(pairs[i], pairs[i+1]) {
			return false
		}
		size += len(pairs[i]) + len(pairs[i+1]) + 64
	}
	return len(pairs)/2 <= l.Entries && size <= maxPackedBytes
}

// FitsPacked reports whether a field and its value may be packed.
func (l HashLimits) FitsPacked(field, value []byte) bool {
	return len(field) <= l.Value && len(value) <= l.Value
}

// Set gives a field a value and an expiry, 0 for none, and reports whether the
// field is new. After an error nothing is changed, but that the hash may be a big
// one now. Field and value do not lie in the arena.
func (h *Hash) Set(field, value []byte, expireAt int64, lim HashLimits) (created bool, err error) {
	if !h.big() {
		if !lim.FitsPacked(field, value) || len(h.v)+len(field)+len(value)+64 > maxPackedBytes {
			if err := h.ToTree(); err != nil {
				return false, err
			}
			return h.setBig(field, value, expireAt)
		}
		at := h.packedFind(field)
		// As in Redis, a change of a value unpacks a hash that lowered limits find
		// too long.
		if n := h.Len(); n < lim.Entries || at >= 0 && n == lim.Entries {
			return at < 0, h.setPacked(at, field, value, expireAt)
		}
		if err := h.ToTree(); err != nil {
			return false, err
		}
	}
	return h.setBig(field, value, expireAt)
}

// setPacked is Set in a listpack; at is where the field is, -1 if nowhere.
func (h *Hash) setPacked(at int, field, value []byte, expireAt int64) error {
	if expireAt != 0 && h.enc == EncListpack {
		if err := h.toTriples(); err != nil {
			return err
		}
		at = h.packedFind(field)
	}
	switch {
	case at < 0:
		return h.insertPacked(field, value, expireAt)
	case h.enc == EncListpackEx && h.expireOf(at) != expireAt:
		// The triple is first put where it belongs, so that a failure changes
		// nothing.
		if err := h.insertPacked(field, value, expireAt); err != nil {
			return err
		}
		at = h.packedFind(field)
		if h.expireOf(at) == expireAt {
			at = listpack.Find(h.v, h.after(at), field, 2)
		}
		return h.removePacked(at)
	}
	at = listpack.Next(h.v, at)
	return h.splice(at, listpack.Size(h.v, at), listpack.EntrySize(value), 0, func(b []byte) { listpack.PutEntry(b, value) })
}

// splice replaces del bytes of the listpack by ins bytes that put writes, delta
// elements more.
func (h *Hash) splice(at, del, ins, delta int, put func(b []byte)) error {
	v, err := Splice(h.h, at, del, ins)
	if err != nil {
		return err
	}
	if put != nil {
		put(v[at : at+ins])
	}
	listpack.FixHeader(v, delta)
	h.v = v
	return nil
}

// after is the position behind the field at at, or that of the end mark.
func (h *Hash) after(at int) int {
	for range h.stride() {
		at += listpack.Size(h.v, at)
	}
	return at
}

// expireOf is the expiry of the field at at, in triples.
func (h *Hash) expireOf(at int) int64 {
	return listpack.Get(h.v, listpack.Next(h.v, listpack.Next(h.v, at))).N
}

// insertPacked puts a field where its expiry belongs, or behind all others.
func (h *Hash) insertPacked(field, value []byte, expireAt int64) error {
	at, size := len(h.v)-1, listpack.EntrySize(field)+listpack.EntrySize(value)
	if h.enc == EncListpackEx {
		size += listpack.IntEntrySize(expireAt)
		for pos := listpack.HeaderSize; expireAt != 0 && pos < len(h.v)-1; pos = h.after(pos) {
			if e := h.expireOf(pos); e == 0 || e > expireAt {
				at = pos
				break
			}
		}
	}
	v, err := Splice(h.h, at, 0, size)
	if err != nil {
		return err
	}
	n := listpack.PutEntry(v[at:], field)
	n += listpack.PutEntry(v[at+n:], value)
	if h.enc == EncListpackEx {
		listpack.PutInt(v[at+n:], expireAt)
	}
	listpack.FixHeader(v, h.stride())
	h.v = v
	return nil
}

func (h *Hash) removePacked(at int) error {
	return h.splice(at, h.after(at)-at, 0, -h.stride(), nil)
}

// toTriples makes a listpack of pairs one of triples.
func (h *Hash) toTriples() error {
	lp := make([]byte, listpack.HeaderSize, len(h.v)+2*h.Len())
	n := 0
	for it := h.At(0); it.Valid(); it.Next() {
		lp = listpack.AppendInt(listpack.AppendEntry(listpack.AppendEntry(lp, it.Field()), it.Value()), 0)
		n += 3
	}
	lp = append(lp, 0xFF)
	listpack.FixHeader(lp, n)
	v, err := h.h.Resize(len(lp))
	if err != nil {
		return err
	}
	copy(v, lp)
	h.h.SetEncoding(EncListpackEx)
	h.enc, h.v = EncListpackEx, v
	return nil
}

// ToTree makes a packed hash a big one.
func (h *Hash) ToTree() error {
	if h.big() {
		return nil
	}
	value := make([]byte, HashTreeSize)
	b := Hash{sp: h.sp, enc: EncHashtable, v: value}
	for it := h.At(0); it.Valid(); it.Next() {
		if _, err := b.setBig(it.Field(), it.Value(), it.ExpireAt()); err != nil {
			Detach(h.sp, TypeHash, EncHashtable, value).Free(maxInt)
			return err
		}
	}
	v, err := h.h.Resize(HashTreeSize)
	if err != nil {
		Detach(h.sp, TypeHash, EncHashtable, value).Free(maxInt)
		return err
	}
	copy(v, value)
	h.h.SetEncoding(EncHashtable)
	h.enc, h.v = EncHashtable, v
	return nil
}

func (h *Hash) setBig(field, value []byte, expireAt int64) (created bool, err error) {
	var buf [256]byte
	cell := appendCell(buf[:0], field, value, expireAt)
	t, k := h.tree(), key{hi: uint64(h.sp.Hash(field))}
	p, found := t.find(k, field)
	var old int64
	if found {
		old = splitCell(t.cell(&p)).expireAt
	}
	if old != expireAt {
		if err := h.noteExpiry(k, expireAt); err != nil {
			return false, err
		}
	}
	if found {
		err = t.replaceAt(&p, cell)
	} else {
		err = t.insertAt(&p, k, cell)
	}
	if old != expireAt {
		if err != nil {
			old = expireAt
		}
		h.forgetExpiry(k, old)
	}
	return !found, err
}

// noteExpiry notes when a field with the hash k expires, if it does.
func (h *Hash) noteExpiry(k key, expireAt int64) error {
	if expireAt == 0 {
		return nil
	}
	t := h.expiries()
	return t.insert(key{uint64(expireAt), k.hi}, nil, nil)
}

// forgetExpiry undoes noteExpiry. If there is no memory for that, which only
// happens while a snapshot is open, the note stays and is found wrong later.
func (h *Hash) forgetExpiry(k key, expireAt int64) {
	if expireAt == 0 {
		return
	}
	t := h.expiries()
	if p, found := t.find(key{uint64(expireAt), k.hi}, nil); found {
		_ = t.removeAt(&p)
	}
}

// Delete removes a field and reports whether it was there.
func (h *Hash) Delete(field []byte) (deleted bool, err error) {
	if !h.big() {
		at := h.packedFind(field)
		if at < 0 {
			return false, nil
		}
		return true, h.removePacked(at)
	}
	t, k := h.tree(), key{hi: uint64(h.sp.Hash(field))}
	p, found := t.find(k, field)
	if !found {
		return false, nil
	}
	old := splitCell(t.cell(&p)).expireAt
	if err := t.removeAt(&p); err != nil {
		return false, err
	}
	h.forgetExpiry(k, old)
	return true, nil
}

// SetExpire gives a field that is there another expiry, 0 for none.
func (h *Hash) SetExpire(field []byte, expireAt int64) error {
	var num NumBuf
	value, old, _ := h.Get(field, &num)
	if old == expireAt {
		return nil
	}
	value = append([]byte(nil), value...) // it lies where the change happens
	_, err := h.Set(field, value, expireAt, HashLimits{math.MaxInt, math.MaxInt})
	return err
}

// RemoveExpired removes up to limit fields whose expiry is before now, unix
// milliseconds, and returns how many.
func (h *Hash) RemoveExpired(now int64, limit int) (removed int, err error) {
	first := h.FirstExpire()
	if first == 0 || first >= now {
		return 0, nil
	}
	if !h.big() {
		for removed < limit && h.Len() > 0 && h.FirstExpire() != 0 && h.FirstExpire() < now {
			if err := h.removePacked(listpack.HeaderSize); err != nil {
				return removed, err
			}
			removed++
		}
		return removed, nil
	}
	for removed < limit {
		e := h.expiries()
		p := e.first()
		if !p.valid() || int64(e.key(&p).hi) >= now {
			break
		}
		due := e.key(&p)
		if err := e.removeAt(&p); err != nil {
			return removed, err
		}
		deleted, err := h.deleteDue(due)
		if err != nil {
			_ = e.insert(due, nil, nil)
			return removed, err
		}
		if deleted {
			removed++
		}
	}
	return removed, nil
}

// deleteDue removes a field with the expiry and the hash of a note.
func (h *Hash) deleteDue(due key) (deleted bool, err error) {
	t := h.tree()
	for p, _ := t.find(key{hi: due.lo}, nil); p.valid() && t.key(&p).hi == due.lo; t.next(&p) {
		if splitCell(t.cell(&p)).expireAt == int64(due.hi) {
			return true, t.removeAt(&p)
		}
	}
	return false, nil
}

// HashBuilder makes the value of a hash before there is an entry for it. Until it
// is in one, a builder that is not needed any more is discarded: it may have
// blocks.
type HashBuilder struct {
	host buffer
	Hash Hash
}

// NewHashBuilder begins a hash in the space of its future key, in buf unless that
// gets too short; big says that it begins as a tree.
func NewHashBuilder(sp *Space, buf []byte, big bool) *HashBuilder {
	enc, v := EmptyHash(buf, big)
	b := &HashBuilder{host: buffer{sp, enc, v}}
	b.Hash = OpenHash(&b.host)
	return b
}

// Value is the encoding and the value for the entry, which owns them then.
func (b *HashBuilder) Value() (Encoding, []byte) { return b.host.enc, b.host.v }

// Discard frees what was made.
func (b *HashBuilder) Discard() { Detach(b.host.sp, TypeHash, b.host.enc, b.host.v).Free(maxInt) }
