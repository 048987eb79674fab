package server

import (
	"net"
	"net/netip"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// listenOn lets the loop accept from a listener whose descriptor belongs to
// package net.
func (l *loop) listenOn(ln *listener) error {
	fd, err := ln.rawFD()
	if err != nil {
		return err
	}
	ln.sysfd = fd
	at := slices.IndexFunc(l.listeners, func(old *listener) bool { return old.sysfd < 0 })
	if at < 0 {
		at = len(l.listeners)
		l.listeners = append(l.listeners, nil)
	}
	l.listeners[at] = ln
	return l.watch(fd, int32(indexListener+at), 0, unix.EPOLLIN)
}

// refuseToListen takes a listener that cannot accept (no descriptors, no
// memory) out of the epoll set until the next tick: it would be reported ready
// at every poll, and the loop would do nothing else.
func (l *loop) refuseToListen(ln *listener, err error) {
	if !ln.troubled {
		l.s.log.Warning("Accepting client connection: %s", cause(err))
	}
	ln.troubled, ln.deaf = true, true
	_ = unix.EpollCtl(l.ep, unix.EPOLL_CTL_DEL, ln.sysfd, nil) // it is in there
}

// listenAgain puts such listeners back.
func (l *loop) listenAgain() {
	for i, ln := range l.listeners {
		if !ln.deaf {
			continue
		}
		ln.deaf = false
		if ln.sysfd < 0 {
			continue
		}
		if err := l.watch(ln.sysfd, int32(indexListener+i), 0, unix.EPOLLIN); err != nil {
			l.s.log.Warning("Error registering the listening socket: %v", err)
		}
	}
}

// accept takes the connections that wait and spreads them over the loops.
func (l *loop) accept(ln *listener) {
	if ln.sysfd < 0 {
		return // closed since the poll
	}
	for range acceptBatch {
		fd, sa, err := unix.Accept4(ln.sysfd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch err {
		case nil:
			ln.troubled = false
		case unix.EINTR, unix.ECONNABORTED:
			continue
		case unix.EAGAIN:
			return
		default:
			l.refuseToListen(ln, err)
			return
		}
		if text := l.s.turnAway(ln, ipOf(sa)); text != "" {
			_, _ = unix.Write(fd, []byte(text))
			unix.Close(fd)
			continue
		}
		if ln.network != "unix" {
			l.s.tuneSocket(fd)
		}
		to := l.s.leastBusy()
		to.count.Add(1)
		if to == l {
			l.adopt(fd, ln)
		} else {
			to.box.post(letter{kind: letterAdopt, fd: fd, from: ln})
		}
	}
}

// tuneSocket sets what Redis sets on a client's socket. Failures are ignored
// as there: the connection works without.
func (s *Server) tuneSocket(fd int) {
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	if idle := s.lim.keepAlive.Load(); idle > 0 {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, int(idle))
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, max(int(idle)/3, 1))
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 3)
	}
}

func ipOf(sa unix.Sockaddr) (ip netip.Addr) {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		ip = netip.AddrFrom4(a.Addr)
	case *unix.SockaddrInet6:
		ip = netip.AddrFrom16(a.Addr).Unmap()
	}
	return ip
}

// sockaddrString prints an address as CLIENT LIST does.
func sockaddrString(sa unix.Sockaddr, from *listener) string {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return net.JoinHostPort(ipOf(sa).String(), strconv.Itoa(a.Port))
	case *unix.SockaddrInet6:
		return net.JoinHostPort(ipOf(sa).String(), strconv.Itoa(a.Port))
	}
	return from.path + ":0"
}

// leastBusy is the loop with the fewest connections.
func (s *Server) leastBusy() *loop {
	best := s.loops[0]
	for _, l := range s.loops[1:] {
		if l.count.Load() < best.count.Load() {
			best = l
		}
	}
	return best
}
