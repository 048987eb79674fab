//go:build linux && !race

package arena

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// purge gives the memory behind a range back; its content is lost. A refusal
// changes nothing but the resident size.
func purge(p unsafe.Pointer, size int) {
	_ = unix.Madvise(unsafe.Slice((*byte)(p), size), unix.MADV_DONTNEED)
}
