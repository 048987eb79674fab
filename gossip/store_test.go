package gossip

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/cluster"
)

func TestStore(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "nodes.conf")
	s, saved, err := openStore(dir, "nodes.conf")
	require.NoError(t, err)
	require.Nil(t, saved, "there is no file yet")

	m := cluster.New(cluster.Config{}, nil, 0, 1)
	r := m.Ready()
	text := r.Save.Text
	require.NoError(t, s.save(text))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, text, got)
	// A crash in the middle of a save leaves a part of the next content aside.
	require.NoError(t, os.WriteFile(path+".tmp", text[:len(text)/2], 0o600))
	s.close()

	s, saved, err = openStore(dir, path) // an absolute name needs no folder
	require.NoError(t, err)
	require.NotNil(t, saved)
	require.NoError(t, s.save(text))
	_, err = os.Stat(path + ".tmp")
	require.ErrorIs(t, err, os.ErrNotExist)
	_, _, err = openStore(dir, "nodes.conf")
	require.ErrorContains(t, err, "already used")
	s.close()

	require.NoError(t, os.Truncate(path, 0))
	s, saved, err = openStore(dir, "nodes.conf")
	require.NoError(t, err)
	require.Nil(t, saved, "an empty file is that of a new node")
	s.close()

	require.NoError(t, os.Truncate(path, maxConf+1)) // sparse
	_, _, err = openStore(dir, "nodes.conf")
	require.ErrorContains(t, err, "too many")
	_, _, err = openStore(filepath.Join(dir, "missing"), "nodes.conf")
	require.ErrorContains(t, err, "no such file")
}
