package testserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Binary is a server executable and the name that reports give it.
type Binary struct {
	Name string
	Path string
}

// OracleNames lists the servers that Oracle can find, oldest protocol first.
var OracleNames = []string{"redis", "redis8", "valkey"}

// oracleSource says where one oracle is looked for.
type oracleSource struct {
	env  string // names the executable itself
	file string // its name inside $ORACLES
	path string // its name in PATH; empty where PATH holds another version under that name
}

var oracleSources = map[string]oracleSource{
	"redis":  {env: "REDIS_SERVER", path: "redis-server"},
	"redis8": {env: "REDIS8_SERVER", file: "redis-server"},
	"valkey": {env: "VALKEY_SERVER", file: "valkey-server", path: "valkey-server"},
}

// Oracle finds the executable of a server to compare with.
func Oracle(name string) (Binary, error) {
	src, ok := oracleSources[name]
	if !ok {
		return Binary{}, fmt.Errorf("unknown oracle %q, known are %q", name, OracleNames)
	}
	if path := os.Getenv(src.env); path != "" {
		return Binary{Name: name, Path: path}, nil
	}
	if dir := os.Getenv("ORACLES"); dir != "" && src.file != "" {
		path := filepath.Join(dir, src.file)
		if _, err := os.Stat(path); err == nil {
			return Binary{Name: name, Path: path}, nil
		}
	}
	if src.path != "" {
		if path, err := exec.LookPath(src.path); err == nil {
			return Binary{Name: name, Path: path}, nil
		}
	}
	return Binary{}, fmt.Errorf("oracle %s not found: set %s to its executable, or ORACLES to the folder that holds it", name, src.env)
}

// Tools returns the client programs of that name, in $ORACLES and in PATH; valkey-X goes with redis-X.
func Tools(name string) []string {
	var found []string
	if dir := os.Getenv("ORACLES"); dir != "" {
		for _, file := range []string{name, strings.Replace(name, "redis-", "valkey-", 1)} {
			if path := filepath.Join(dir, file); isFile(path) && !slices.Contains(found, path) {
				found = append(found, path)
			}
		}
	}
	if path, err := exec.LookPath(name); err == nil && !slices.Contains(found, path) {
		found = append(found, path)
	}
	return found
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

var buildOurs = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("CLUSTERNODE_BIN"); path != "" {
		return path, nil
	}
	root, err := ModuleRoot()
	if err != nil {
		return "", err
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	dir = filepath.Join(dir, "clusternode-test")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return buildInto(root, dir)
})

// buildInto builds the server under a name of its own and renames it into place: test processes that build at the same
// time replace the file as a whole, and a server already running from the old one keeps its inode.
func buildInto(root, dir string) (string, error) {
	tmp, err := os.CreateTemp(dir, "build-*")
	if err != nil {
		return "", err
	}
	tmp.Close()
	defer os.Remove(tmp.Name())
	cmd := exec.Command("go", "build", "-o", tmp.Name(), "./cmd/clusternode")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/clusternode: %w\n%s", err, out)
	}
	path := filepath.Join(dir, "clusternode")
	return path, os.Rename(tmp.Name(), path)
}

// Ours returns this project's server, built once per process unless $CLUSTERNODE_BIN names an executable.
func Ours() (Binary, error) {
	path, err := buildOurs()
	return Binary{Name: "clusternode", Path: path}, err
}

// ModuleRoot finds the folder of go.mod at or above the working directory.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod at or above the working directory")
		}
		dir = parent
	}
}
