//go:build !linux

package server

// residentBytes is the resident memory of the process: what the Go runtime and
// the arenas hold, since this system has no cheap way to ask.
func residentBytes() int64 {
	_, mapped := goHeap()
	return mapped
}

// systemMemory is the size of the machine's memory in bytes: unknown here.
func systemMemory() int64 { return 0 }
