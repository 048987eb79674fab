package object

// UnknownRead is the count of entries that a group has read if it is unknown.
const UnknownRead = -1

// deletedFrom reports whether an entry from id on was deleted, as far as is
// known. Source of the rules: Redis 7.2.
func (s *Stream) deletedFrom(id StreamID) bool {
	if s.h.length == 0 || s.h.maxDeleted.IsZero() || s.h.maxDeleted.Less(s.h.first) {
		return false
	}
	return !s.h.maxDeleted.Less(id)
}

// countUpTo is how many of all entries that ever were had an ID up to id, or
// UnknownRead. Source of the rules: Redis 7.2.
func (s *Stream) countUpTo(id StreamID) int64 {
	h := s.h
	switch {
	case h.added == 0:
		return 0
	case h.length == 0 && !h.last.Less(id):
		return int64(h.added)
	case id == h.last:
		return int64(h.added)
	case h.last.Less(id):
		return UnknownRead
	}
	if h.maxDeleted.IsZero() || h.maxDeleted.Less(h.first) {
		switch {
		case id.Less(h.first):
			return int64(h.added - h.length)
		case id == h.first:
			return int64(h.added - h.length + 1)
		}
	}
	return UnknownRead
}

// Lag is how many entries the group has yet to read; ok is false if that is
// unknown.
func (g *StreamGroup) Lag(s *Stream) (lag int64, ok bool) {
	if s.h.added == 0 {
		return 0, true
	}
	read := g.h.read
	if read == UnknownRead || s.deletedFrom(g.h.last) {
		if read = s.countUpTo(g.h.last); read == UnknownRead {
			return 0, false
		}
	}
	return int64(s.h.added) - read, true
}

// Advance makes id the last one that the group has been given, if it is above
// it, and counts it. The entry is in the stream.
func (g *StreamGroup) Advance(s *Stream, id StreamID) {
	if !g.h.last.Less(id) {
		return
	}
	if g.h.read != UnknownRead && !s.deletedFrom(id) {
		g.h.read++
	} else if s.h.added > 0 {
		g.h.read = s.countUpTo(id)
	}
	g.h.last = id
}
