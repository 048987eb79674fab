package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

const (
	// marker names the file descriptor of the report in the child's
	// environment.
	marker   = "CLUSTERNODE_REPORT_FD"
	reportFD = 3 // the first of exec.Cmd.ExtraFiles

	reportReady  = "ready"
	maxReport    = 64 << 10 // bytes of an error text
	errEndedText = "the server ended while it was starting"
)

// startDir is the working directory in which the program was started. Its
// arguments are relative to it; by now it may have changed into dir.
var startDir, _ = os.Getwd()

// Spawn starts this program again in the background and returns once it is
// ready. The error is what the child reported, or that it ended without a
// word. stdin is what the child reads from its standard input: a configuration
// that this process has read from its own.
func Spawn(stdin []byte) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	return spawn(exe, os.Args, stdin)
}

func spawn(exe string, args []string, stdin []byte) error {
	from, to, err := os.Pipe()
	if err != nil {
		return err
	}
	defer from.Close()
	cmd := &exec.Cmd{
		Path: exe, Args: args, Dir: startDir,
		Env:         append(os.Environ(), marker+"="+strconv.Itoa(reportFD)),
		ExtraFiles:  []*os.File{to},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	var feed *os.File
	if len(stdin) > 0 {
		var in *os.File
		if in, feed, err = os.Pipe(); err != nil {
			to.Close()
			return err
		}
		defer in.Close()
		cmd.Stdin = in
	}
	err = cmd.Start()
	to.Close()
	if err != nil {
		if feed != nil {
			feed.Close()
		}
		return err
	}
	if feed != nil {
		go func() { // a pipe holds little; the child reads while we wait
			io.Copy(feed, bytes.NewReader(stdin))
			feed.Close()
		}()
	}
	return await(from, cmd)
}

// await reads the child's report.
func await(from io.Reader, cmd *exec.Cmd) error {
	report, err := io.ReadAll(io.LimitReader(from, maxReport))
	switch {
	case err != nil:
		return err
	case string(report) == reportReady:
		return cmd.Process.Release()
	}
	end := cmd.Wait()
	if len(report) > 0 {
		return errors.New(string(report))
	}
	if end != nil {
		return fmt.Errorf("%s: %w", errEndedText, end)
	}
	return errors.New(errEndedText)
}

// Child is the background process' line to the foreground one.
type Child struct{ pipe *os.File }

// FromParent finds out whether this process was started by Spawn; nil if not.
// It is called once, at the start.
func FromParent() *Child {
	fd, err := strconv.Atoi(os.Getenv(marker))
	if err != nil || fd != reportFD {
		return nil
	}
	os.Unsetenv(marker) // not for programs that this one starts
	syscall.CloseOnExec(fd)
	return &Child{os.NewFile(uintptr(fd), "report")}
}

// Ready lets the foreground process end well.
func (c *Child) Ready() error { return c.report(reportReady) }

// Failed gives the foreground process the reason why there is no server.
func (c *Child) Failed(reason error) error { return c.report(reason.Error()) }

func (c *Child) report(text string) error {
	_, err := c.pipe.WriteString(text)
	return errors.Join(err, c.pipe.Close())
}
