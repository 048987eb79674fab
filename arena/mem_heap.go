//go:build race || !unix

package arena

import "unsafe"

// The race detector does not watch mappings, so with it the memory comes from
// the Go heap, chunk by chunk.
const maxZone = chunkBytes

func reserve(size int) (unsafe.Pointer, error) {
	return unsafe.Pointer(unsafe.SliceData(make([]byte, size))), nil
}

func open(p unsafe.Pointer, size int) error { return nil }

func mapOwn(size int) (unsafe.Pointer, error) { return reserve(size) }

func unmap(p unsafe.Pointer, size int) {}

func purge(p unsafe.Pointer, size int) {}
