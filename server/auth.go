package server

import (
	"crypto/sha256"
	"crypto/subtle"

	"clusternode/command"
)

// PasswordRequired implements command.Node.
func (s *Server) PasswordRequired() bool { return s.cfg.String("requirepass") != "" }

// Authenticate implements command.Node. There is one user, "default".
func (s *Server) Authenticate(user, password []byte) bool {
	want := s.cfg.String("requirepass")
	// Hashes have one length, so the comparison tells nothing about it.
	a, b := sha256.Sum256(password), sha256.Sum256([]byte(want))
	same := subtle.ConstantTimeCompare(a[:], b[:]) == 1
	if string(user) == "default" && (want == "" || same) {
		return true
	}
	s.counters.authFailures.Add(1)
	return false
}

// debugAllowed applies enable-debug-command to a client.
func (s *Server) debugAllowed(c *conn) bool {
	return s.cfg.Allowed("enable-debug-command", c.local())
}

// local reports whether the client is on this machine, as "local" in
// enable-debug-command means it.
func (c *conn) local() bool {
	return c.Has(command.ClientUnixSocket) || isLoopback(c.addr)
}

// SetActiveExpire implements command.Node.
func (s *Server) SetActiveExpire(on bool) { s.ks.SetActiveExpire(on) }

// Replica implements command.Node.
func (s *Server) Replica() bool { return s.busReplica() }
