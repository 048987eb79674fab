package daemon

import (
	"errors"
	"os"
	"strconv"
	"strings"
)

// DefaultPIDFile is where a daemon without a pidfile directive writes its
// process id.
const DefaultPIDFile = "/var/run/redis.pid"

// PIDFile is where to write the process id: the directive's path, the default
// one for a daemon, "" for nowhere.
func PIDFile(directive string, daemonized bool) string {
	if directive == "" && daemonized {
		return DefaultPIDFile
	}
	return directive
}

// WritePID writes this process' id into a file.
func WritePID(path string) error {
	return os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644)
}

// RemovePID removes the file if it still holds this process' id: another server
// may have been started over it.
func RemovePID(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(b)) != strconv.Itoa(os.Getpid()) {
		return nil
	}
	return os.Remove(path)
}
