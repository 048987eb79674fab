package server

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadTimes is the processor time that the calling thread took.
func threadTimes() threadTime {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_THREAD, &u) != nil {
		return threadTime{}
	}
	return threadTime{sys: time.Duration(u.Stime.Nano()).Seconds(), user: time.Duration(u.Utime.Nano()).Seconds()}
}
