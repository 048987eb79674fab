package main_test

import (
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConfigRewrite: what CONFIG SET changed is in the file, comments and order
// stay, and a node started from it has the values.
func TestConfigRewrite(t *testing.T) {
	port := freePort(t)
	file := writeFile(t, "redis.conf", "# our node\nport "+strconv.Itoa(port)+"\n\n# quick\ntimeout 10\nbind 127.0.0.1\n")
	p := launch(t, nil, file)
	p.prints("Ready to accept connections tcp")
	c := dial(t, port)
	next := freePort(t)
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "timeout", "20", "maxmemory", "1gb", "requirepass", "a \"b\"\n", "port", strconv.Itoa(next)))
	require.Equal(t, "+OK", c.do("CONFIG", "REWRITE"))
	text := readFile(t, file)
	require.Regexp(t, `(?s)^# our node\nport `+strconv.Itoa(next)+`\n\n# quick\ntimeout 20\nbind 127\.0\.0\.1\n`, text)
	require.Contains(t, text, "\nmaxmemory 1gb\n")
	p.signal(syscall.SIGTERM)
	require.Zero(t, p.wait())

	p = launch(t, nil, file)
	p.prints("Ready to accept connections tcp")
	c = dial(t, next)
	require.Equal(t, "-NOAUTH Authentication required.", c.do("PING"))
	require.Equal(t, "+OK", c.do("AUTH", "a \"b\"\n"))
	require.Equal(t, `*[$"timeout" $"20"]`, c.do("CONFIG", "GET", "timeout"))
	require.Equal(t, `*[$"maxmemory" $"1073741824"]`, c.do("CONFIG", "GET", "maxmemory"))
	require.Equal(t, "+OK", c.do("CONFIG", "REWRITE"))
	require.Equal(t, text, readFile(t, file), "a second rewrite changes nothing")
}

func TestRenameCommand(t *testing.T) {
	port := freePort(t)
	file := writeFile(t, "redis.conf", "bind 127.0.0.1\nport "+strconv.Itoa(port)+"\nrename-command FLUSHALL \"\"\nrename-command CONFIG secret-config\n")
	launch(t, nil, file).prints("Ready to accept connections tcp")
	c := dial(t, port)
	require.Equal(t, "-ERR unknown command 'FLUSHALL', with args beginning with: ", c.do("FLUSHALL"))
	require.Equal(t, "-ERR unknown command 'CONFIG', with args beginning with: 'GET' 'port' ", c.do("CONFIG", "GET", "port"))
	require.Equal(t, `*[$"port" $"`+strconv.Itoa(port)+`"]`, c.do("secret-CONFIG", "GET", "port"))

	status, out := run(t, "--port", "0", "--unixsocket", "s", "--rename-command", "NOPE", "x")
	require.Equal(t, 1, status)
	require.Contains(t, out, "No such command in rename-command")
}

func TestPassword(t *testing.T) {
	_, port := serve(t, "--requirepass", "secret")
	c := dial(t, port)
	require.Equal(t, "-NOAUTH Authentication required.", c.do("GET", "a"))
	require.Equal(t, "-WRONGPASS invalid username-password pair or user is disabled.", c.do("AUTH", "wrong"))
	require.Equal(t, "+OK", c.do("AUTH", "default", "secret"))
	require.Equal(t, "(null $)", c.do("GET", "a"))
	require.Contains(t, dial(t, port).do("HELLO", "3", "AUTH", "default", "secret"), "%[")
}

// TestIdleClientsAreClosed: only that it happens, and not to busy ones.
func TestIdleClientsAreClosed(t *testing.T) {
	_, port := serve(t)
	idle, busy := dial(t, port), dial(t, port)
	require.Equal(t, "+PONG", idle.do("PING"))
	require.Equal(t, "+OK", busy.do("CONFIG", "SET", "timeout", "1"))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = idle.in.ReadByte()
	}()
	for closed := false; !closed; {
		select {
		case <-gone:
			closed = true
		default:
			require.Equal(t, "+PONG", busy.do("PING"))
		}
	}
	idle.closed()
}

func TestMaxClients(t *testing.T) {
	_, port := serve(t, "--maxclients", "2")
	a, b := dial(t, port), dial(t, port)
	require.Equal(t, "+PONG", a.do("PING"))
	require.Equal(t, "+PONG", b.do("PING"))
	c := dial(t, port)
	require.Equal(t, "-ERR max number of clients reached", c.read())
	c.closed()
	require.Contains(t, a.do("INFO", "stats"), "rejected_connections:1")
	require.Equal(t, "+OK", b.do("QUIT"))
	eventually(t, "room for a client", func() bool {
		c := dial(t, port)
		_, err := c.nc.Write([]byte("PING\r\n"))
		require.NoError(t, err)
		line, _ := c.in.ReadString('\n')
		return line == "+PONG\r\n"
	})
}

// TestMaxClientsOfACluster: cluster links count too, and the text says so.
func TestMaxClientsOfACluster(t *testing.T) {
	_, port := serve(t, "--cluster-enabled", "yes", "--maxclients", "1")
	c := dial(t, port)
	require.Equal(t, "+PONG", c.do("PING"))
	more := dial(t, port)
	require.Equal(t, "-ERR max number of clients + cluster connections reached", more.read())
	more.closed()
}
