//go:build unix

package server

import (
	"strconv"

	"golang.org/x/sys/unix"

	"clusternode/config"
)

// reservedFiles are the descriptors that are not for clients: listeners, event
// sets, files, cluster links. As in Redis.
const reservedFiles = 32

// openFilesLimit is how many descriptors the process may have. The Go runtime
// raises the soft limit to the hard one at the start.
func openFilesLimit() (limit uint64, known bool) {
	var lim unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &lim) != nil {
		return 0, false
	}
	return lim.Cur, true
}

// fitOpenFiles lowers maxclients at the start to what the system's limit of
// open files allows, and says so.
func (s *Server) fitOpenFiles() error {
	limit, known := openFilesLimit()
	want := uint64(s.cfg.Int("maxclients"))
	if !known || want+reservedFiles <= limit {
		return nil
	}
	if limit <= reservedFiles {
		return phrase("Your current 'ulimit -n' of %d is not enough for the server to start. Please increase your open file limit to at least %d. Exiting.",
			limit, want+reservedFiles)
	}
	fits := limit - reservedFiles
	s.log.Warning("You requested maxclients of %d requiring at least %d max file descriptors.", want, want+reservedFiles)
	s.log.Warning("Current maximum open files is %d. maxclients has been reduced to %d to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.",
		limit, fits)
	return s.cfg.Set([]config.Pair{{Name: "maxclients", Value: strconv.FormatUint(fits, 10)}}, true)
}

// checkMaxClients refuses a CONFIG SET maxclients that the system's limit of
// open files does not allow.
func (s *Server) checkMaxClients() error {
	limit, known := openFilesLimit()
	if !known || uint64(s.cfg.Int("maxclients"))+reservedFiles <= limit {
		return nil
	}
	return phrase("The operating system is not able to handle the specified number of clients, try with %d", int64(limit)-reservedFiles)
}
