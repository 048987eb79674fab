//go:build !linux

package server

// threadTimes is for threads that serve, which only Linux has here.
func threadTimes() threadTime { return threadTime{} }
