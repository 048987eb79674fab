package daemon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// What a Supervisor says of itself in the log, in Redis' words.
const (
	systemdNotice = "supervised by systemd. Please make sure you set appropriate values for TimeoutStartSec and TimeoutStopSec in your service unit."
	upstartNotice = "supervised by upstart, will stop to signal readiness."
)

// Supervisor is told how the server is. The zero value is nobody.
type Supervisor struct {
	kind   string // "", "systemd" or "upstart"
	socket string // systemd's
	stop   func() error
}

// Supervise finds the supervisor that the directive supervised names: no,
// systemd, upstart, or auto, which looks into the environment. An error is
// for the log: the server then runs without one, in the background if
// daemonize says so.
func Supervise(mode string) (*Supervisor, error) {
	socket, job := os.Getenv("NOTIFY_SOCKET"), os.Getenv("UPSTART_JOB")
	if mode == "auto" {
		switch {
		case job != "":
			mode = "upstart"
		case socket != "":
			mode = "systemd"
		}
	}
	switch {
	case mode == "systemd" && socket == "":
		return &Supervisor{}, errors.New("systemd supervision error: NOTIFY_SOCKET not found")
	case mode == "systemd":
		return &Supervisor{kind: mode, socket: socket}, nil
	case mode == "upstart" && job == "":
		return &Supervisor{}, errors.New("upstart supervision requested, but UPSTART_JOB not found")
	case mode == "upstart":
		os.Unsetenv("UPSTART_JOB")
		return &Supervisor{kind: mode, stop: stopSelf}, nil
	}
	return &Supervisor{}, nil
}

// stopSelf is what upstart waits for; it continues the process at once.
func stopSelf() error { return syscall.Kill(os.Getpid(), syscall.SIGSTOP) }

// Active reports whether there is a supervisor. Then the server stays in the
// foreground whatever daemonize says.
func (s *Supervisor) Active() bool { return s.kind != "" }

// Notice is the line that Redis logs about it, "" if there is nobody.
func (s *Supervisor) Notice() string {
	switch s.kind {
	case "systemd":
		return systemdNotice
	case "upstart":
		return upstartNotice
	}
	return ""
}

// Status tells systemd what the server is doing.
func (s *Supervisor) Status(text string) error { return s.notify("STATUS=" + text + "\n") }

// Ready says that the server accepts connections.
func (s *Supervisor) Ready() error {
	if s.kind == "upstart" {
		return s.stop()
	}
	return s.notify("STATUS=Ready to accept connections\nREADY=1\n")
}

// Stopping says that the server is about to end.
func (s *Supervisor) Stopping() error { return s.notify("STOPPING=1\n") }

// notify sends one datagram as sd_notify(3) describes. A name that begins with
// '@' is in the abstract namespace; package net knows that.
func (s *Supervisor) notify(state string) error {
	if s.kind != "systemd" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err == nil {
		_, err = conn.Write([]byte(state))
		err = errors.Join(err, conn.Close())
	}
	if err != nil {
		return fmt.Errorf("systemd supervision error: %w", err)
	}
	return nil
}
