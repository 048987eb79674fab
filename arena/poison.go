package arena

import "unsafe"

// poisonByte fills freed blocks in tests. Their first two bytes hold a link.
const poisonByte = 0xDB

func fillPoison(p unsafe.Pointer, size int) {
	b := unsafe.Slice((*byte)(p), size)
	free := size >= 24 // a shorter one may be used and look like it
	for i := 2; i < size; i++ {
		free = free && b[i] == poisonByte
		b[i] = poisonByte
	}
	if free {
		panic("arena: block freed twice")
	}
}

func checkPoison(p unsafe.Pointer, size int) {
	for _, b := range unsafe.Slice((*byte)(p), size)[2:] {
		if b != poisonByte {
			panic("arena: block written after it was freed")
		}
	}
}
