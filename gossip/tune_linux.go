package gossip

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// setUserTimeout closes the connection when what was sent is not acknowledged for that long: over a path that died, a new dial
// gets through sooner than the retransmissions of the old connection, whose gaps double. A stopped process is not
// concerned; its kernel acknowledges.
func setUserTimeout(conn *net.TCPConn, d time.Duration) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.Milliseconds()))
	})
}
