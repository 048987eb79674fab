//go:build linux

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// processCPU is the CPU time of the process, all its threads and those that ended included. It reads the process' CPU
// clock: the kernel makes the clock's number from the pid, see clock_getcpuclockid(3).
func processCPU(pid int) (time.Duration, error) {
	const schedClock = 2
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|schedClock), &ts); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(ts.Nano()), nil
}

// resident is VmRSS of the process in bytes.
func resident(pid int) (int64, error) { return statusField(pid, "VmRSS:") }

// statusField reads a field in kB of /proc/PID/status.
func statusField(pid int, name string) (int64, error) {
	kb, err := statusNumber(pid, name)
	return kb << 10, err
}

// statusNumber reads a number of /proc/PID/status, whatever its unit.
func statusNumber(pid int, name string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		}
	}
	return 0, fmt.Errorf("no %s in the status of process %d", name, pid)
}

// peak watches the resident memory of a process and keeps the largest value.
type peak struct {
	stop chan struct{}
	done sync.WaitGroup
	max  int64 // valid after end
}

func watchPeak(pid int) *peak {
	p := &peak{stop: make(chan struct{})}
	p.done.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			if rss, err := resident(pid); err == nil {
				p.max = max(p.max, rss)
			}
			select {
			case <-p.stop:
				return
			case <-tick.C:
			}
		}
	})
	return p
}

// end stops watching and returns the largest resident memory seen.
func (p *peak) end() int64 {
	close(p.stop)
	p.done.Wait()
	return p.max
}
