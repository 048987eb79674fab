package gossip

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"clusternode/cluster"
)

// maxConf bounds nodes.conf: a line of a node takes some 200 bytes, one with scattered slots 50 KiB at most.
const maxConf = 64 << 20

// store keeps nodes.conf. Two processes on one file would answer for the same node, hence the lock; it is a file of its own,
// because nodes.conf is replaced at each save.
type store struct {
	path string
	lock *os.File
}

// openStore locks the file and reads it; saved is nil if there is none yet.
func openStore(dir, name string) (s *store, saved *cluster.Saved, err error) {
	path := filepath.Join(dir, name)
	if filepath.IsAbs(name) {
		path = name
	}
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, nil, fmt.Errorf("can't open %s.lock in order to acquire a lock: %w", path, err)
	}
	s = &store{path: path, lock: lock}
	if err := lockFile(lock); err != nil {
		s.close()
		return nil, nil, fmt.Errorf("sorry, the cluster configuration file %s is already used by a different Redis Cluster node; "+
			"please make sure that different nodes use different cluster configuration files: %w", path, err)
	}
	saved, err = s.load()
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, saved, nil
}

func (s *store) load() (*cluster.Saved, error) {
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && info.Size() > maxConf {
		err = fmt.Errorf("%d bytes are too many", info.Size())
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(s.path)
	}
	if err == nil && len(text) == 0 {
		return nil, nil // Redis leaves an empty file behind when it is killed in its first moments
	}
	var saved *cluster.Saved
	if err == nil {
		saved, err = cluster.ParseConf(text)
	}
	if err != nil {
		return nil, fmt.Errorf("unrecoverable error: corrupted cluster config file %s: %w", s.path, err)
	}
	return saved, nil
}

// save replaces the file: after a crash at any point it is the old one or the new one, whole.
func (s *store) save(text []byte) error {
	temp := s.path + ".tmp"
	if err := writeSynced(temp, text); err != nil {
		_ = os.Remove(temp) // the error that matters is known
		return err
	}
	if err := os.Rename(temp, s.path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(s.path))
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// close gives up the lock. The lock file stays: removing it would let two others lock different files of its name.
func (s *store) close() { _ = s.lock.Close() }
