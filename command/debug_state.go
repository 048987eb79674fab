package command

import "sync/atomic"

// DebugState is what DEBUG has switched for a node.
type DebugState struct {
	// AnySum: RESTORE takes payloads with a wrong checksum
	// (SET-SKIP-CHECKSUM-VALIDATION).
	AnySum atomic.Bool
	// PlainFrom is the length from which an element of a list is a node of its
	// own in payloads; 0: what list-max-listpack-size says
	// (QUICKLIST-PACKED-THRESHOLD).
	PlainFrom atomic.Int64
}
