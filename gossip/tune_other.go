//go:build !linux

package gossip

import (
	"net"
	"time"
)

// setUserTimeout has no counterpart here: keep-alive and the system's own limits find dead paths, later.
func setUserTimeout(*net.TCPConn, time.Duration) {}
