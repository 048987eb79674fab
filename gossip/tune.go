package gossip

import (
	"net"
	"time"
)

// keepAlive finds links whose peer vanished without a word while nothing was being sent.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3}

// tune sets a connection's options. An error would mean that the connection is over, which its first read or write tells.
func (m *mesh) tune(conn net.Conn) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	_ = tcp.SetNoDelay(true)
	_ = tcp.SetKeepAliveConfig(keepAlive)
	if d := time.Duration(m.deadAfter.Load()); d > 0 {
		setUserTimeout(tcp, d)
	}
}

// setDeadAfter follows cluster-node-timeout, for links made from now on.
func (m *mesh) setDeadAfter(nodeTimeout time.Duration) {
	m.deadAfter.Store(int64(min(max(nodeTimeout, time.Second), 10*time.Second)))
}
