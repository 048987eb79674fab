package gossip

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSanePacket(t *testing.T) {
	for name, c := range map[string]struct {
		b  []byte
		ok bool
	}{
		"empty":                    {nil, false},
		"ping":                     {[]byte{mlPing, 0x80}, true},
		"compressed":               {[]byte{9, 0x80}, false},
		"encrypted":                {[]byte{10}, false},
		"labelled":                 {[]byte{244, 1, 'x', mlPing}, false},
		"stream only":              {[]byte{mlPushPull}, false},
		"too long":                 {make([]byte, maxPacket+1), false},
		"checksummed":              {[]byte{mlCRC, 1, 2, 3, 4, mlDead}, true},
		"checksummed twice":        {[]byte{mlCRC, 1, 2, 3, 4, mlCRC, 1, 2, 3, 4, mlDead}, false},
		"checksum of nothing":      {[]byte{mlCRC, 1, 2, 3, 4}, false},
		"compound":                 {[]byte{mlCompound, 2, 0, 1, 0, 2, mlAck, mlUser, 'x'}, true},
		"compound of nothing":      {[]byte{mlCompound, 0}, true},
		"compound, empty message":  {[]byte{mlCompound, 1, 0, 0}, false},
		"compound, compressed":     {[]byte{mlCompound, 1, 0, 1, 9}, false},
		"compound of compound":     {[]byte{mlCompound, 1, 0, 2, mlCompound, 0}, false},
		"compound, truncated":      {[]byte{mlCompound, 2, 0, 1, 0, 2, mlAck, mlUser}, false},
		"compound, short lengths":  {[]byte{mlCompound, 2, 0, 1, 0}, false},
		"compound, trailing bytes": {[]byte{mlCompound, 1, 0, 1, mlAck, 9}, false},
	} {
		require.Equal(t, c.ok, sanePacket(c.b), name)
	}
}

func TestSaneStreamStart(t *testing.T) {
	header := func(nodes, state string) []byte {
		return []byte("\x06\x83\xa4Join\xc2\xa5Nodes" + nodes + "\xacUserStateLen" + state)
	}
	for name, c := range map[string]struct {
		b  []byte
		ok bool
	}{
		"ping":                {[]byte{mlPing}, true},
		"user message":        {[]byte{mlUser}, false},
		"compressed":          {[]byte{9}, false},
		"push/pull":           {header("\x03", "\xcd\x01\x00"), true},
		"many nodes":          {header("\xcd\x40\x00", "\x00"), true},
		"too many nodes":      {header("\xcd\x40\x01", "\x00"), false},
		"a billion nodes":     {header("\xce\x40\x00\x00\x00", "\x00"), false},
		"negative nodes":      {header("\xff", "\x00"), false},
		"negative, 16 bits":   {header("\xd1\xff\xff", "\x00"), false},
		"state of 1 GB":       {header("\x01", "\xd2\x40\x00\x00\x00"), false},
		"state of 64 bits":    {header("\x01", "\xcf\x00\x00\x00\x00\x00\x00\x00\x01"), false},
		"truncated":           {header("\x01", ""), false},
		"only the type":       {[]byte{mlPushPull}, false},
		"another map":         {[]byte("\x06\x82\xa4Join\xc2"), false},
		"Join is a number":    {[]byte("\x06\x83\xa4Join\x01\xa5Nodes\x01\xacUserStateLen\x00"), false},
		"keys in other order": {[]byte("\x06\x83\xa5Nodes\x01\xa4Join\xc2\xacUserStateLen\x00"), false},
	} {
		require.Equal(t, c.ok, saneStreamStart(c.b), name)
	}
}
