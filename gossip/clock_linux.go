package gossip

import (
	"time"

	"golang.org/x/sys/unix"
)

// clock is the machine's time: it never jumps and, unlike Go's monotonic clock, goes on while the computer is suspended, so
// that a node that wakes up knows how long it was away.
func clock() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		panic("gossip: no boot time clock: " + err.Error()) // Linux has it since 2.6.39
	}
	return time.Duration(t.Nano())
}
