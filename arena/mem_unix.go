//go:build unix && !race

package arena

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxZone is how much address space is reserved at a time.
const maxZone = 256 << 20

const anonymous = unix.MAP_PRIVATE | unix.MAP_ANON

// reserve takes address space that cannot be touched yet and is not charged.
func reserve(size int) (unsafe.Pointer, error) {
	return unix.MmapPtr(-1, 0, nil, uintptr(size), unix.PROT_NONE, anonymous)
}

// open makes reserved space usable; it fails where the system does not promise
// memory it does not have.
func open(p unsafe.Pointer, size int) error {
	return unix.Mprotect(unsafe.Slice((*byte)(p), size), unix.PROT_READ|unix.PROT_WRITE)
}

func mapOwn(size int) (unsafe.Pointer, error) {
	return unix.MmapPtr(-1, 0, nil, uintptr(size), unix.PROT_READ|unix.PROT_WRITE, anonymous)
}

// unmap gives a mapping back. Where the system has too many mappings to cut
// this one out of its neighbours, only the memory goes back.
func unmap(p unsafe.Pointer, size int) {
	if unix.MunmapPtr(p, uintptr(size)) != nil {
		purge(p, size)
	}
}
