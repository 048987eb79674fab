package rdb

import (
	"encoding/binary"
	"errors"

	"clusternode/internal/crc64"
	"clusternode/object"
)

// A payload is what DUMP replies and RESTORE takes:
//
//	kind 1 | value | version 2 | CRC 8
//
// the version and the CRC of all before it with the lowest byte first.
const payloadTail = 2 + 8

// ErrPayload is returned for a payload whose version cannot be read or whose
// CRC does not fit.
var ErrPayload = errors.New("rdb: payload of a wrong version or checksum")

// AppendPayload appends the payload of a value. It has the version of Redis 7.2
// if its form is one of that.
func AppendPayload(dst []byte, sp *object.Space, v Value, o Options) []byte {
	start := len(dst)
	w := Writer{Buf: dst, Options: o}
	k := w.Value(sp, v)
	version := uint16(Version)
	if k > kindStream3 {
		version = versionHashTTL
	}
	w.Buf = binary.LittleEndian.AppendUint16(w.Buf, version)
	return binary.LittleEndian.AppendUint64(w.Buf, crc64.Update(0, w.Buf[start:]))
}

// OpenPayload checks the end of a payload and returns a reader of the value in
// it. With anySum the CRC may be any. What follows the value is not looked at.
func OpenPayload(payload []byte, anySum bool) (*Reader, error) {
	n := len(payload) - payloadTail
	if n < 0 {
		return nil, ErrPayload
	}
	version := int(binary.LittleEndian.Uint16(payload[n:]))
	sum := binary.LittleEndian.Uint64(payload[n+2:])
	if !Readable(version) || !anySum && sum != crc64.Update(0, payload[:n+2]) {
		return nil, ErrPayload
	}
	return NewReader(payload[:n], version), nil
}
