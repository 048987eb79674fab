package daemon

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain is the daemon when Spawn started this test binary again.
func TestMain(m *testing.M) {
	if c := FromParent(); c != nil {
		os.Exit(background(c, os.Args[len(os.Args)-1]))
	}
	os.Exit(m.Run())
}

// background does what the last argument says.
func background(c *Child, what string) int {
	in, _ := io.ReadAll(os.Stdin)
	sid, _, _ := syscall.Syscall(syscall.SYS_GETSID, 0, 0, 0)
	switch what {
	case "silent":
		return 3
	case "fail":
		c.Failed(errors.New("Failed listening on port 1"))
		return 1
	}
	wd, _ := os.Getwd()
	os.WriteFile(what, fmt.Appendf(nil, "%v %q %q %q", int(sid) == os.Getpid(), in, os.Getenv(marker), filepath.Base(wd)), 0o600)
	c.Ready()
	return 0
}

func TestSpawn(t *testing.T) {
	exe, err := os.Executable()
	require.NoError(t, err)
	big := strings.Repeat("x", 200_000) // more than a pipe holds
	for in, want := range map[string]string{"": "", "port 1\n": "port 1\n", big: big} {
		out := filepath.Join(t.TempDir(), "out")
		t.Chdir(filepath.Dir(out)) // as a server with a dir does before it spawns
		require.NoError(t, spawn(exe, []string{"name", out}, []byte(in)))
		b, err := os.ReadFile(out)
		require.NoError(t, err, "written before it was ready")
		require.Equal(t, fmt.Sprintf("true %q \"\" \"daemon\"", want), string(b))
	}
	require.EqualError(t, spawn(exe, []string{"name", "fail"}, nil), "Failed listening on port 1")
	require.EqualError(t, spawn(exe, []string{"name", "silent"}, nil), "the server ended while it was starting: exit status 3")
	require.Error(t, spawn("/nope", []string{"name"}, []byte("x")))
	require.Nil(t, FromParent())
}

func TestPIDFile(t *testing.T) {
	require.Equal(t, "", PIDFile("", false))
	require.Equal(t, "/var/run/redis.pid", PIDFile("", true))
	require.Equal(t, "/x", PIDFile("/x", true))
	path := filepath.Join(t.TempDir(), "a.pid")
	require.NoError(t, RemovePID(path), "nothing to remove")
	require.NoError(t, WritePID(path))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("%d\n", os.Getpid()), string(b))
	require.NoError(t, RemovePID(path))
	require.NoFileExists(t, path)
	require.NoError(t, os.WriteFile(path, []byte("1\n"), 0o600))
	require.NoError(t, RemovePID(path))
	require.FileExists(t, path, "another server's")
	require.Error(t, WritePID("/nope/a.pid"))
}

func TestSystemd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenPacket("unixgram", path)
	require.NoError(t, err)
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("UPSTART_JOB", "")
	for _, mode := range []string{"systemd", "auto"} {
		s, err := Supervise(mode)
		require.NoError(t, err)
		require.True(t, s.Active())
		require.Contains(t, s.Notice(), "supervised by systemd")
		require.NoError(t, s.Status("Loading"))
		require.NoError(t, s.Ready())
		require.NoError(t, s.Stopping())
		buf := make([]byte, 1024)
		for _, want := range []string{"STATUS=Loading\n", "STATUS=Ready to accept connections\nREADY=1\n", "STOPPING=1\n"} {
			n, _, err := conn.ReadFrom(buf)
			require.NoError(t, err)
			require.Equal(t, want, string(buf[:n]))
		}
	}
	t.Setenv("NOTIFY_SOCKET", path+"x")
	s, err := Supervise("systemd")
	require.NoError(t, err)
	require.ErrorContains(t, s.Ready(), "systemd supervision error: ")
}

func TestUpstart(t *testing.T) {
	for _, mode := range []string{"upstart", "auto"} {
		t.Setenv("UPSTART_JOB", "redis")
		s, err := Supervise(mode)
		require.NoError(t, err)
		require.Empty(t, os.Getenv("UPSTART_JOB"))
		require.Contains(t, s.Notice(), "supervised by upstart")
		stopped := 0
		s.stop = func() error { stopped++; return nil }
		require.NoError(t, s.Status("x"))
		require.NoError(t, s.Ready())
		require.NoError(t, s.Stopping())
		require.Equal(t, 1, stopped)
	}
}

func TestUnsupervised(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("UPSTART_JOB", "")
	for mode, want := range map[string]string{
		"no": "", "auto": "",
		"systemd": "systemd supervision error: NOTIFY_SOCKET not found",
		"upstart": "upstart supervision requested, but UPSTART_JOB not found",
	} {
		s, err := Supervise(mode)
		if want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, want)
		}
		require.False(t, s.Active())
		require.Empty(t, s.Notice())
		require.NoError(t, s.Ready())
	}
}

func TestOOMScore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "score")
	read := func() string {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(b)
	}
	require.NoError(t, os.WriteFile(path, []byte("-100\n"), 0o600))
	o := OOMScore{path: path}
	require.NoError(t, o.Apply("no", 5))
	require.Equal(t, "-100\n", read(), "never touched")
	for _, c := range []struct {
		mode  string
		value int
		want  string
	}{{"yes", 200, "100"}, {"absolute", 300, "300"}, {"yes", 2000, "1000"}, {"absolute", -2000, "-1000"}, {"no", 7, "-100"}} {
		require.NoError(t, o.Apply(c.mode, c.value))
		require.Equal(t, c.want, read())
	}
	require.Error(t, (&OOMScore{path: path + "x"}).Apply("yes", 1))
	require.NoError(t, os.WriteFile(path, []byte("?"), 0o600))
	require.Error(t, (&OOMScore{path: path}).Apply("yes", 1))
}
