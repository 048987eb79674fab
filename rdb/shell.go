package rdb

import "clusternode/object"

// shell is a host on the Go heap: a value is built in it before there is an
// entry. Its trees are in the space as they will be.
type shell struct {
	sp *object.Space // nil: there is no value
	t  object.Type
	e  object.Encoding
	b  []byte
}

// newShell is a value of size bytes, all zero.
func newShell(sp *object.Space, t object.Type, enc object.Encoding, size int) shell {
	return shell{sp, t, enc, make([]byte, size)}
}

// open reports whether there is a value.
func (s *shell) open() bool { return s.sp != nil }

// free gives up the value, if there is one.
func (s *shell) free() {
	if s.open() {
		s.value().Free(s.sp)
		*s = shell{}
	}
}

func (s *shell) value() Value { return Value{Type: s.t, Enc: s.e, Bytes: s.b} }

// The methods of object.Host.

func (s *shell) Value() []byte                   { return s.b }
func (s *shell) Encoding() object.Encoding       { return s.e }
func (s *shell) SetEncoding(enc object.Encoding) { s.e = enc }
func (s *shell) Space() *object.Space            { return s.sp }

func (s *shell) Resize(n int) ([]byte, error) {
	if n > cap(s.b) {
		b := make([]byte, n, n+n/2+64)
		copy(b, s.b)
		s.b = b
	}
	s.b = s.b[:n]
	return s.b, nil
}
