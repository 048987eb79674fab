package rdb

import (
	"encoding/binary"
	"math"
	"sync"

	"clusternode/internal/lzf"
	"clusternode/resp"
)

// Writer appends the parts of values to Buf.
type Writer struct {
	Buf []byte
	Options
}

// Options are what is left open of the form of a value.
type Options struct {
	// Compress: strings above 20 bytes are written in LZF if that is shorter
	// (rdbcompression).
	Compress bool
}

// compressors are the tables for LZF, a quarter of a megabyte each.
var compressors = sync.Pool{New: func() any { return new(lzf.Compressor) }}

// minCompressed is the longest string that is never compressed, in bytes.
const minCompressed = 20

func (w *Writer) byte(b byte) { w.Buf = append(w.Buf, b) }

// millis writes a time in eight bytes, the lowest first.
func (w *Writer) millis(at int64) { w.Buf = binary.LittleEndian.AppendUint64(w.Buf, uint64(at)) }

func (w *Writer) double(f float64) {
	w.Buf = binary.LittleEndian.AppendUint64(w.Buf, math.Float64bits(f))
}

// length writes a count or another number in 1 to 9 bytes.
func (w *Writer) length(n uint64) {
	switch {
	case n < 1<<6:
		w.Buf = append(w.Buf, byte(n))
	case n < 1<<14:
		w.Buf = append(w.Buf, byte(n>>8)|1<<6, byte(n))
	case n <= math.MaxUint32:
		w.Buf = binary.BigEndian.AppendUint32(append(w.Buf, 0x80), uint32(n))
	default:
		w.Buf = binary.BigEndian.AppendUint64(append(w.Buf, 0x81), n)
	}
}

// string writes a string in the shortest of its forms.
func (w *Writer) string(s []byte) {
	if len(s) <= 11 && len(s) > 0 && w.integer(s) {
		return
	}
	if w.Compress && len(s) > minCompressed && w.compressed(s) {
		return
	}
	w.length(uint64(len(s)))
	w.Buf = append(w.Buf, s...)
}

// integer writes the text of a number of at most 32 bits as a number.
func (w *Writer) integer(s []byte) bool {
	if s[0] != '-' && s[0]-'0' > 9 {
		return false
	}
	n, ok := resp.ParseInt(s)
	if !ok {
		return false
	}
	switch {
	case n == int64(int8(n)):
		w.Buf = append(w.Buf, formMark+formInt8, byte(n))
	case n == int64(int16(n)):
		w.Buf = binary.LittleEndian.AppendUint16(append(w.Buf, formMark+formInt16), uint16(n))
	case n == int64(int32(n)):
		w.Buf = binary.LittleEndian.AppendUint32(append(w.Buf, formMark+formInt32), uint32(n))
	default:
		return false
	}
	return true
}

// maxHead is the longest head of a compressed string, in bytes.
const maxHead = 1 + 9 + 9

// compressed writes a string in LZF if that takes four bytes less.
func (w *Writer) compressed(s []byte) bool {
	c := compressors.Get().(*lzf.Compressor)
	defer compressors.Put(c)
	// The text is compressed behind the room for its head, whose length is not
	// known before, and moved down.
	start := len(w.Buf)
	var room [maxHead]byte
	buf, ok := c.Compress(append(w.Buf, room[:]...), s, len(s)-4)
	w.Buf = buf[:start]
	if !ok {
		return false
	}
	text := buf[start+maxHead:]
	w.byte(formMark + formLZF)
	w.length(uint64(len(text)))
	w.length(uint64(len(s)))
	w.Buf = append(w.Buf, text...)
	return true
}
