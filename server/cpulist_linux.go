package server

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// maxProcessors is how many processors a unix.CPUSet has.
const maxProcessors = len(unix.CPUSet{}) * 64

// parseCPUs reads a list like taskset's: numbers and ranges with an optional
// stride, "0,2,4-7,8-14:2".
func parseCPUs(list string) (set unix.CPUSet, ok bool) {
	for part := range strings.SplitSeq(list, ",") {
		span, stride, strided := strings.Cut(part, ":")
		first, last, ranged := strings.Cut(span, "-")
		if !ranged {
			last = first
		}
		step := 1
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		var err3 error
		if strided {
			step, err3 = strconv.Atoi(stride)
		}
		if err1 != nil || err2 != nil || err3 != nil || from < 0 || to < from || to >= maxProcessors || step < 1 || strided && !ranged {
			return set, false
		}
		for cpu := from; cpu <= to; cpu += step {
			set.Set(cpu)
		}
	}
	return set, true
}

// pin binds the loop's thread to the processors of server-cpulist. As in Redis
// a list that does not do is no reason not to serve.
func (l *loop) pin() {
	list := l.s.cfg.String("server-cpulist")
	if list == "" {
		return
	}
	set, ok := parseCPUs(list)
	if !ok {
		l.s.log.Warning("server-cpulist '%s' is no list of processors: loops run on all of them.", list)
		return
	}
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		l.s.log.Warning("Loops cannot run on the processors of server-cpulist '%s': %v", list, err)
	}
}
