package testserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// defaultReady bounds the time from fork to the first PONG; a loaded machine with two cores needs seconds at times.
const defaultReady = 30 * time.Second

// Options of one server process.
type Options struct {
	// Dir is the server's working folder. Launch makes one when it is empty and removes it when the server is killed.
	Dir string
	// Port to listen on; 0 chooses a free one.
	Port int
	// Args are directives as on the command line, after --port, --dir and --save "".
	Args []string
	// Verb runs `binary verb --port N --dir DIR args...` in place of a single node.
	Verb string
	// Ready bounds the wait for the first PONG; 0 means 30 seconds.
	Ready time.Duration
}

// Server is one running process.
type Server struct {
	Binary Binary
	Addr   string
	Port   int
	Dir    string

	args    []string
	ownsDir bool
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process was reaped
	waitErr error         // valid after exited is closed
}

// TB is what Start needs of a testing.TB; naming it here keeps package testing out of programs that measure.
type TB interface {
	Helper()
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Start launches a server that lives until the end of the test; the log is shown if the test failed.
func Start(t TB, bin Binary, opts Options) *Server {
	t.Helper()
	s, err := Launch(bin, opts)
	if err != nil {
		t.Fatalf("start %s: %v", bin.Name, err)
	}
	t.Cleanup(func() {
		s.Crash()
		text, crashed := excerpt(s.Log())
		if t.Failed() {
			t.Logf("log of %s:\n%s", bin.Name, text)
		} else if crashed {
			t.Fatalf("%s crashed or raced:\n%s", bin.Name, text)
		}
		s.removeDir()
	})
	return s
}

// Launch starts a server and returns once it answers PING.
func Launch(bin Binary, opts Options) (*Server, error) {
	const tries = 5
	for try := 1; ; try++ {
		s, err := launchOnce(bin, opts)
		if err == nil {
			return s, nil
		}
		if opts.Port != 0 || try == tries || !errors.Is(err, errEnded) {
			return nil, err
		}
	}
}

// errEnded marks a server that ended before it answered: with a chosen port it may have lost a race for it.
var errEnded = errors.New("the process ended before it answered")

func launchOnce(bin Binary, opts Options) (*Server, error) {
	s := &Server{Binary: bin, Port: opts.Port, Dir: opts.Dir}
	var err error
	if s.Port == 0 {
		if s.Port, err = FreePort(); err != nil {
			return nil, err
		}
	}
	s.Addr = "127.0.0.1:" + strconv.Itoa(s.Port)
	if s.Dir == "" {
		if s.Dir, err = os.MkdirTemp("", bin.Name+"-*"); err != nil {
			return nil, err
		}
		s.ownsDir = true
	}
	if opts.Verb != "" {
		s.args = []string{opts.Verb}
	}
	s.args = append(s.args, "--port", strconv.Itoa(s.Port), "--dir", s.Dir)
	if opts.Verb == "" {
		s.args = append(s.args, "--bind", "127.0.0.1", "--save", "")
	}
	s.args = append(s.args, opts.Args...)
	if err := s.run(opts.Ready); err != nil {
		return nil, err
	}
	return s, nil
}

// run starts the process and waits for its first PONG.
func (s *Server) run(ready time.Duration) error {
	if ready == 0 {
		ready = defaultReady
	}
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own descriptor
	s.cmd = exec.Command(s.Binary.Path, s.args...)
	s.cmd.Dir = s.Dir
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	s.exited = exited
	go func(cmd *exec.Cmd) {
		s.waitErr = cmd.Wait()
		close(exited)
	}(s.cmd)
	if err := s.awaitPong(ready); err != nil {
		text := tail(s.Log(), 20)
		s.Kill()
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// awaitPong polls until the server answers, the process ends or the time is over.
func (s *Server) awaitPong(ready time.Duration) error {
	deadline := time.Now().Add(ready)
	for {
		select {
		case <-s.exited:
			return fmt.Errorf("%w: %v", errEnded, s.waitErr)
		default:
		}
		if s.pongs() {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no PONG from %s within %s", s.Addr, ready)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (s *Server) pongs() bool {
	c, err := Dial(s.Addr)
	if err != nil {
		return false
	}
	defer c.Close()
	v, err := c.Do("PING")
	return err == nil && v.Str == "PONG"
}

// PID of the process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Exited is closed once the process is gone.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Signal sends a signal to the process.
func (s *Server) Signal(sig syscall.Signal) error { return s.cmd.Process.Signal(sig) }

// Kill ends the process at once, waits until it is gone and removes a folder that Launch made.
func (s *Server) Kill() {
	s.Crash()
	s.removeDir()
}

func (s *Server) removeDir() {
	if s.ownsDir {
		os.RemoveAll(s.Dir)
	}
}

// Crash is kill -9: the process is gone, its folder stays for Restart.
func (s *Server) Crash() {
	// The only error is "already finished", and then the wait below returns at once.
	_ = s.cmd.Process.Kill()
	<-s.exited
}

// Stop asks the process to end with SIGTERM and returns how it ended.
func (s *Server) Stop(within time.Duration) error {
	if err := s.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.exited:
		return s.waitErr
	case <-time.After(within):
		return fmt.Errorf("still running %s after SIGTERM", within)
	}
}

// Restart starts the ended process again with the same folder, port and directives.
func (s *Server) Restart() error { return s.run(0) }

// RestartAt starts the ended process again with the same folder and directives on another port.
func (s *Server) RestartAt(port int) error {
	s.Port, s.Addr = port, "127.0.0.1:"+strconv.Itoa(port)
	s.args[slices.Index(s.args, "--port")+1] = strconv.Itoa(port)
	return s.run(0)
}

// Log returns what the process wrote so far.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.logPath())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (s *Server) logPath() string { return filepath.Join(s.Dir, "server.log") }

// excerpt is the start of a crash or of a race report, or else the end of the log.
func excerpt(text string) (part string, crashed bool) {
	for _, sign := range []string{"panic:", "fatal error:", "unexpected fault", "DATA RACE"} {
		if at := strings.Index(text, sign); at >= 0 {
			lines := strings.SplitN(text[at:], "\n", 61)
			return strings.Join(lines[:min(len(lines), 60)], "\n"), true
		}
	}
	return tail(text, 40), false
}

// tail returns the last n lines.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
