package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// listener is a socket that clients connect to.
type listener struct {
	net.Listener
	network string // "tcp" or "unix"
	path    string // of a unix socket, as the configuration says it
	file    string // its absolute path: CONFIG SET dir moves the process
	port    int
	// Of the loop that accepts.
	sysfd    int  // -1: closed, or not on a loop
	deaf     bool // out of the epoll set until the loop's next tick
	troubled bool // accepting failed last time
}

// protectedText is what a stranger reads when protected mode turns him away.
const protectedText = "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. " +
	"In this mode connections are only accepted from the loopback interface. " +
	"If you want to connect from external computers to Redis you may adopt one of the following solutions: " +
	"1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, " +
	"however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. " +
	"2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. " +
	"3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. " +
	"4) Set up an authentication password for the default user. " +
	"NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n"

// turnAway returns what a new connection reads before it is closed, "" if it
// is welcome.
func (s *Server) turnAway(from *listener, ip netip.Addr) string {
	if n, limit := s.counters.clients.Add(1), s.lim.maxClients.Load(); n+s.busLinksNear(n, limit) > limit {
		s.counters.clients.Add(-1)
		s.counters.rejected.Add(1)
		if s.bus != nil {
			return "-ERR max number of clients + cluster connections reached\r\n"
		}
		return "-ERR max number of clients reached\r\n"
	}
	s.counters.accepted.Add(1)
	if s.lim.protected.True() && !s.PasswordRequired() && from.network == "tcp" && !ip.IsLoopback() {
		s.counters.clients.Add(-1)
		s.counters.rejected.Add(1)
		return protectedText
	}
	return ""
}

// listen opens the sockets of bind, port and unixsocket.
func (s *Server) listen() error {
	s.warnOfBacklog()
	port := int(s.cfg.Int("port"))
	s.port.Store(int32(port))
	if port != 0 {
		lns, err := s.bindAll(s.cfg.Strings("bind"), port)
		if err != nil {
			s.log.Warning("Failed listening on port %d (tcp), aborting.", port)
			return err
		}
		s.listeners = append(s.listeners, lns...)
	}
	if path := s.cfg.String("unixsocket"); path != "" {
		ln, err := s.listenUnix(path, os.FileMode(s.cfg.Int("unixsocketperm")))
		if err != nil {
			s.log.Warning("Failed opening Unix socket: bind: %v", err)
			return err
		}
		s.listeners = append(s.listeners, ln)
	}
	if len(s.listeners) == 0 {
		s.log.Warning("Configured to not listen anywhere, exiting.")
		return errors.New("configured to not listen anywhere")
	}
	return nil
}

// bindAll opens a listener for every address. One that begins with '-' may be
// missing from this machine.
func (s *Server) bindAll(addresses []string, port int) ([]*listener, error) {
	var out []*listener
	for _, a := range addresses {
		address, optional := strings.CutPrefix(a, "-")
		ln, err := s.listenTCP(address, port)
		if err == nil {
			out = append(out, ln)
			continue
		}
		s.log.Warning("Warning: Could not create server TCP listening socket %s:%d: bind: %v", address, port, cause(err))
		if optional && (errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EPROTONOSUPPORT)) {
			continue
		}
		for _, o := range out {
			o.Close()
		}
		return nil, fmt.Errorf("could not listen on %s: %w", net.JoinHostPort(address, strconv.Itoa(port)), err)
	}
	return out, nil
}

// cause is the innermost error, as strerror prints it: with a capital.
func cause(err error) string {
	text := err.Error()
	var errno syscall.Errno
	if errors.As(err, &errno) {
		text = errno.Error()
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func (s *Server) listenTCP(address string, port int) (*listener, error) {
	network := "tcp4"
	switch {
	case address == "*":
		address = ""
	case strings.Contains(address, ":"):
		network = "tcp6"
		if address == "::*" {
			address = "::"
		}
	}
	ln, err := (&net.ListenConfig{KeepAlive: -1}).Listen(context.Background(), network, net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	l := &listener{Listener: ln, network: "tcp", port: port, sysfd: -1}
	s.setBacklog(l)
	return l, nil
}

// listenUnix replaces what is at path, as Redis does.
func (s *Server) listenUnix(path string, perm os.FileMode) (*listener, error) {
	file, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if perm != 0 {
		if err := os.Chmod(path, perm); err != nil {
			ln.Close()
			return nil, err
		}
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	l := &listener{Listener: ln, network: "unix", path: path, file: file, sysfd: -1}
	s.setBacklog(l)
	return l, nil
}

// Close closes the socket; one that has a file takes it along.
func (l *listener) Close() error {
	err := l.Listener.Close()
	if l.network == "unix" {
		err = errors.Join(err, os.Remove(l.file))
	}
	return err
}

// rawFD is the descriptor of the listener; package net still owns it.
func (l *listener) rawFD() (fd int, err error) {
	sc, ok := l.Listener.(syscall.Conn)
	if !ok {
		return -1, errors.New("listener without descriptor")
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1, err
	}
	if ctl := raw.Control(func(p uintptr) { fd = int(p) }); ctl != nil {
		return -1, ctl
	}
	return fd, nil
}

// setBacklog asks for tcp-backlog: package net always takes the system's
// maximum. A listening socket may be told to listen again with another length.
func (s *Server) setBacklog(l *listener) {
	if fd, err := l.rawFD(); err == nil {
		_ = syscall.Listen(fd, int(s.cfg.Int("tcp-backlog"))) // it listens already: the old length stays
	}
}

// warnOfBacklog says when the system allows less than tcp-backlog.
func (s *Server) warnOfBacklog() {
	const file = "/proc/sys/net/core/somaxconn"
	text, err := os.ReadFile(file)
	if err != nil {
		return // another system
	}
	want := s.cfg.Int("tcp-backlog")
	if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit < want {
		s.log.Warning("WARNING: The TCP backlog setting of %d cannot be enforced because %s is set to the lower value of %d.", want, file, limit)
	}
}
