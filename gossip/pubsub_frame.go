package gossip

import "encoding/binary"

// Pub/sub between nodes travels on the bulk link of the pair. A framePubSub body is
//
//	pubHello   | interest 1                                       the first on a link, in both directions
//	pubWant    | interest 1 | number 8                            replaces the interest; a number other than 0 wants an ack
//	pubAck     | number 8                                         the interest is known: what is published from now on comes
//	pubMessage | kind 1 | channel length 4 | channel | message    what fits one frame
//	pubBegin   | kind 1 | channel length 4 | whole length 4 | bytes
//	pubMore    | bytes                                            channel and message of a longer one, in pieces
//
// The frames of one message follow each other.
const (
	pubHello byte = iota
	pubWant
	pubAck
	pubMessage
	pubBegin
	pubMore
)

const (
	pubHeader      = 6  // of pubMessage
	pubBeginHeader = 10 // of pubBegin
	// maxPublished bounds channel and message together: two arguments of the default proto-max-bulk-len.
	maxPublished = 1 << 30
)

// Interest says which messages a node has subscribers for.
type Interest uint8

const (
	// InChannels: some client listens to channels or patterns.
	InChannels Interest = 1 << iota
	// InShard: some client listens to shard channels.
	InShard
	allInterest = InChannels | InShard
)

func (i Interest) valid() bool { return i&^allInterest == 0 }

// one reports whether exactly one kind is set, as with a message.
func (i Interest) one() bool { return i == InChannels || i == InShard }

func encodeWant(op byte, i Interest, number uint64) []byte {
	b := []byte{op, byte(i)}
	if op == pubWant {
		b = binary.BigEndian.AppendUint64(b, number)
	}
	return b
}

func encodeAck(number uint64) []byte { return binary.BigEndian.AppendUint64([]byte{pubAck}, number) }

// encodePublish returns the bodies of the frames that carry a message.
func encodePublish(kind Interest, channel, message []byte) [][]byte {
	size := len(channel) + len(message)
	if pubHeader+size <= maxFrame {
		b := make([]byte, 0, pubHeader+size)
		b = append(b, pubMessage, byte(kind))
		b = binary.BigEndian.AppendUint32(b, uint32(len(channel)))
		return [][]byte{append(append(b, channel...), message...)}
	}
	body := make([]byte, 0, maxFrame)
	body = append(body, pubBegin, byte(kind))
	body = binary.BigEndian.AppendUint32(body, uint32(len(channel)))
	body = binary.BigEndian.AppendUint32(body, uint32(size))
	var bodies [][]byte
	for _, part := range [][]byte{channel, message} {
		for len(part) > 0 {
			if len(body) == maxFrame {
				bodies = append(bodies, body)
				body = append(make([]byte, 0, maxFrame), pubMore)
			}
			n := min(len(part), maxFrame-len(body))
			body, part = append(body, part[:n]...), part[n:]
		}
	}
	return append(bodies, body)
}

// published is a message that came.
type published struct {
	kind             Interest
	channel, message []byte
}

// assembler puts the messages of one link together. It belongs to the link's reader. Memory grows with what has come, not
// with what is promised.
type assembler struct {
	buf     []byte
	kind    Interest
	channel int // length
	whole   int // length of both; 0: no message is under way
}

// add takes the body of a pubMessage, pubBegin or pubMore frame. done: m is complete; it is valid until the next call.
func (a *assembler) add(body []byte) (m published, done bool, err error) {
	if len(body) < 1 {
		return m, false, errMalformed
	}
	if body[0] == pubMore {
		return a.more(body[1:])
	}
	if len(body) < pubHeader || a.whole > 0 || !Interest(body[1]).one() {
		return m, false, errMalformed
	}
	kind, channel := Interest(body[1]), binary.BigEndian.Uint32(body[2:])
	switch body[0] {
	case pubMessage:
		rest := body[pubHeader:]
		if uint64(channel) > uint64(len(rest)) {
			return m, false, errMalformed
		}
		return published{kind, rest[:channel], rest[channel:]}, true, nil
	case pubBegin:
		if len(body) < pubBeginHeader {
			return m, false, errMalformed
		}
		whole := binary.BigEndian.Uint32(body[pubHeader:])
		if whole == 0 || whole > maxPublished || channel > whole {
			return m, false, errMalformed
		}
		a.kind, a.channel, a.whole = kind, int(channel), int(whole)
		return a.more(body[pubBeginHeader:])
	}
	return m, false, errMalformed
}

func (a *assembler) more(part []byte) (m published, done bool, err error) {
	if len(part) > a.whole-len(a.buf) {
		return m, false, errMalformed
	}
	a.buf = append(a.buf, part...)
	if len(a.buf) < a.whole {
		return m, false, nil
	}
	m = published{a.kind, a.buf[:a.channel], a.buf[a.channel:]}
	*a = assembler{}
	return m, true, nil
}
