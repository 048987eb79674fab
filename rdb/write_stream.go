package rdb

import (
	"encoding/binary"

	"clusternode/object"
)

// stream writes a stream, see read_stream.go.
func (w *Writer) stream(sp *object.Space, v Value) {
	s := object.StreamOf(sp, v.Bytes)
	w.length(uint64(s.Nodes()))
	s.EachNode(func(id object.StreamID, listpack []byte) bool {
		w.length(idSize)
		w.rawID(id)
		w.string(listpack)
		return true
	})
	w.length(s.Len())
	w.id(s.LastID())
	w.id(s.FirstID())
	w.id(s.MaxDeletedID())
	w.length(s.Added())
	w.length(uint64(s.Groups()))
	s.EachGroup(func(g *object.StreamGroup) bool {
		w.group(g)
		return true
	})
}

func (w *Writer) rawID(id object.StreamID) {
	w.Buf = binary.BigEndian.AppendUint64(w.Buf, id.MS)
	w.Buf = binary.BigEndian.AppendUint64(w.Buf, id.Seq)
}

func (w *Writer) id(id object.StreamID) {
	w.length(id.MS)
	w.length(id.Seq)
}

func (w *Writer) group(g *object.StreamGroup) {
	w.string(g.Name())
	w.id(g.LastID())
	w.length(uint64(g.Read()))
	w.length(uint64(g.Pending()))
	g.EachPending(object.StreamID{}, func(p object.StreamPending) bool {
		w.rawID(p.ID)
		w.millis(p.Time)
		w.length(p.Count)
		return true
	})
	w.length(uint64(g.Consumers()))
	g.EachConsumer(func(c *object.StreamConsumer) bool {
		w.string(c.Name())
		w.millis(c.Seen())
		w.millis(c.Active())
		w.length(uint64(c.Pending()))
		c.EachPending(object.StreamID{}, func(id object.StreamID) bool {
			w.rawID(id)
			return true
		})
		return true
	})
}
