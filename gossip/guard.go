package gossip

import "encoding/binary"

// memberlist trusts some lengths of its peers further than we do: a push/pull header alone makes it allocate a gigabyte, a
// compressed packet forty megabytes. What these functions let through is exactly what our own memberlist sends.

// memberlist's message types, as its wire format has them. Not listed: user messages on streams (we never use SendReliable),
// compressed and encrypted messages (the links do that), labels.
const (
	mlPing         = 0
	mlIndirectPing = 1
	mlAck          = 2
	mlSuspect      = 3
	mlAlive        = 4
	mlDead         = 5
	mlPushPull     = 6
	mlCompound     = 7
	mlUser         = 8
	mlNack         = 11
	mlCRC          = 12
	mlError        = 13
)

const (
	// maxMembers bounds the member list of a push/pull.
	maxMembers = 16 << 10
	// maxPushState bounds the records of a push/pull; see members.LocalState for what happens above it.
	maxPushState = 4 << 20
)

// sanePacket lets through [CRC] message, or [CRC] compound of messages.
func sanePacket(b []byte) bool {
	if len(b) > maxPacket {
		return false
	}
	if len(b) >= crcHeader && b[0] == mlCRC {
		b = b[crcHeader:]
	}
	if len(b) > 0 && b[0] == mlCompound {
		return saneCompound(b[1:])
	}
	return saneMessage(b)
}

// crcHeader is the type and the checksum.
const crcHeader = 5

// saneCompound reads count 1 | length 2, count times | messages.
func saneCompound(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	count := int(b[0])
	b = b[1:]
	if len(b) < 2*count {
		return false
	}
	lengths, b := b[:2*count], b[2*count:]
	for ; len(lengths) > 0; lengths = lengths[2:] {
		n := int(binary.BigEndian.Uint16(lengths))
		if n > len(b) || !saneMessage(b[:n]) {
			return false
		}
		b = b[n:]
	}
	return len(b) == 0
}

func saneMessage(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch b[0] {
	case mlPing, mlIndirectPing, mlAck, mlSuspect, mlAlive, mlDead, mlUser, mlNack:
		return true
	default:
		return false
	}
}

// saneStreamStart judges the first bytes of a stream: the type and, of a push/pull, the header, which arrive together.
func saneStreamStart(b []byte) bool {
	switch b[0] {
	case mlPing, mlAck, mlError:
		return true
	case mlPushPull:
		return sanePushPull(b[1:])
	default:
		return false
	}
}

// sanePushPull reads the msgpack header {Join: bool, Nodes: int, UserStateLen: int}.
func sanePushPull(b []byte) bool {
	if len(b) == 0 || b[0] != 0x83 {
		return false
	}
	b = b[1:]
	var ok bool
	if b, ok = skipKey(b, "Join"); !ok || len(b) == 0 || b[0]&^1 != 0xc2 {
		return false
	}
	if b, ok = skipKey(b[1:], "Nodes"); !ok {
		return false
	}
	nodes, b, ok := msgpackInt(b)
	if !ok || nodes < 0 || nodes > maxMembers {
		return false
	}
	if b, ok = skipKey(b, "UserStateLen"); !ok {
		return false
	}
	state, _, ok := msgpackInt(b)
	return ok && state >= 0 && state <= maxPushState
}

// skipKey takes a msgpack fixstr with the given content.
func skipKey(b []byte, key string) ([]byte, bool) {
	n := 1 + len(key)
	if len(b) < n || b[0] != 0xa0|byte(len(key)) || string(b[1:n]) != key {
		return nil, false
	}
	return b[n:], true
}

// msgpackInt takes a msgpack integer of any width up to 32 bits.
func msgpackInt(b []byte) (int64, []byte, bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	tag, b := b[0], b[1:]
	switch {
	case tag <= 0x7f: // positive fixint
		return int64(tag), b, true
	case (tag == 0xcc || tag == 0xd0) && len(b) >= 1:
		if tag == 0xd0 {
			return int64(int8(b[0])), b[1:], true
		}
		return int64(b[0]), b[1:], true
	case (tag == 0xcd || tag == 0xd1) && len(b) >= 2:
		v := binary.BigEndian.Uint16(b)
		if tag == 0xd1 {
			return int64(int16(v)), b[2:], true
		}
		return int64(v), b[2:], true
	case (tag == 0xce || tag == 0xd2) && len(b) >= 4:
		v := binary.BigEndian.Uint32(b)
		if tag == 0xd2 {
			return int64(int32(v)), b[4:], true
		}
		return int64(v), b[4:], true
	default:
		return 0, nil, false
	}
}
