package crc64

import (
	"encoding/binary"
	"sync"
)

// reflected is the polynomial with its lowest bit first.
const reflected = 0x95ac9329ac4bc9b5

// tables[i][b] is what byte b contributes to the CRC with i bytes behind it.
var tables = sync.OnceValue(func() *[8][256]uint64 {
	var t [8][256]uint64
	for b := range 256 {
		crc := uint64(b)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ reflected
			} else {
				crc >>= 1
			}
		}
		t[0][b] = crc
	}
	for i := 1; i < 8; i++ {
		for b := range 256 {
			before := t[i-1][b]
			t[i][b] = before>>8 ^ t[0][byte(before)]
		}
	}
	return &t
})

// Update is the CRC of what crc is the CRC of, followed by p. The CRC of
// nothing is 0.
func Update(crc uint64, p []byte) uint64 {
	t := tables()
	for len(p) >= 8 {
		crc ^= binary.LittleEndian.Uint64(p)
		crc = t[7][crc&0xff] ^ t[6][crc>>8&0xff] ^ t[5][crc>>16&0xff] ^ t[4][crc>>24&0xff] ^
			t[3][crc>>32&0xff] ^ t[2][crc>>40&0xff] ^ t[1][crc>>48&0xff] ^ t[0][crc>>56]
		p = p[8:]
	}
	for _, b := range p {
		crc = crc>>8 ^ t[0][byte(crc)^b]
	}
	return crc
}
