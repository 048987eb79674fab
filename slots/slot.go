package slots

import "bytes"

// Count is the number of hash slots of a cluster.
const Count = 16384

// Slot is a hash slot, 0 to Count-1.
type Slot uint16

// Of returns the slot of a key.
func Of(key []byte) Slot {
	return Slot(checksum(HashPart(key)) % Count)
}

// HashPart returns the part of the key that decides its slot: what stands
// between the first '{' and the next '}' unless that is empty, else the key.
func HashPart(key []byte) []byte {
	open := bytes.IndexByte(key, '{')
	if open < 0 {
		return key
	}
	length := bytes.IndexByte(key[open+1:], '}')
	if length <= 0 {
		return key
	}
	return key[open+1 : open+1+length]
}

// ParseSlot reads a slot number in decimal.
func ParseSlot(text []byte) (Slot, bool) {
	if len(text) == 0 || len(text) > 5 || len(text) > 1 && text[0] == '0' {
		return 0, false
	}
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return Slot(n), n < Count
}
