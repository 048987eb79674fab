//go:build !linux

package gossip

import "time"

var processStart = time.Now()

// clock is the machine's time: it never jumps.
func clock() time.Duration { return time.Since(processStart) }
