//go:build unix

package server

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTimes are the seconds of processor time that this process and its
// finished children took.
func cpuTimes() (sys, user, childSys, childUser float64) {
	read := func(who int) (sys, user float64) {
		var u unix.Rusage
		if unix.Getrusage(who, &u) != nil {
			return 0, 0
		}
		return time.Duration(u.Stime.Nano()).Seconds(), time.Duration(u.Utime.Nano()).Seconds()
	}
	sys, user = read(unix.RUSAGE_SELF)
	childSys, childUser = read(unix.RUSAGE_CHILDREN)
	return sys, user, childSys, childUser
}

// osName is the kernel's name, release and machine, as uname prints them.
func osName() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:]) + " " + unix.ByteSliceToString(u.Machine[:])
}
