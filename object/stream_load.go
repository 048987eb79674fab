package object

// Building a stream from its serialized form.

// LoadPack puts a pack of entries behind the last one: its listpack, which has
// been checked from end to end, the ID that those in it count from, how many
// are live, and the ID of the first of those. The bytes do not lie in the arena.
func (s *Stream) LoadPack(id StreamID, listpack []byte, live uint64, first StreamID) error {
	t := s.tree()
	p := t.end()
	if err := t.insertAt(&p, id.key(), listpack); err != nil {
		return err
	}
	if s.h.length == 0 {
		s.h.first = first
	}
	s.h.length += live
	return nil
}

// GuessRead is how many entries a group whose last one is id has read, as far
// as the stream's own counts tell; UnknownRead.
func (s *Stream) GuessRead(id StreamID) int64 { return s.countUpTo(id) }
