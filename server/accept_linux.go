package server

import (
	"net"
	"net/netip"
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
	index := int32(indexListener + len(l.listeners))
	l.listeners = append(l.listeners, ln)
	return l.watch(fd, index, 0, unix.EPOLLIN)
}

// accept takes the connections that wait and spreads them over the loops.
func (l *loop) accept(ln *listener) {
	for range acceptBatch {
		fd, sa, err := unix.Accept4(ln.sysfd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch err {
		case nil:
		case unix.EINTR, unix.ECONNABORTED:
			continue
		case unix.EAGAIN:
			return
		default:
			l.s.log.Warning("Accepting client connection: %v", err)
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
