package talks

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"clusternode/internal/testserver"
	"clusternode/resp"
)

// patience bounds the wait for a message that has to come.
const patience = 5 * time.Second

// conn is one connection. Reading never blocks unless asked to, so that "nothing more is there" can be said without a delay.
type conn struct {
	name string
	nc   *net.TCPConn
	id   string // its client id on this server
	buf  []byte // bytes that are no whole message yet
	got  []resp.Value
	wait time.Duration // patience
	gone bool          // the server closed it, and this was told
	left bool          // the talk closed it
}

// errNothing says that no whole message is there.
var errNothing = errors.New("nothing there")

func dial(addr, name string) (*conn, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{name: name, nc: nc.(*net.TCPConn), wait: patience}, nil
}

// send writes commands in one go.
func (c *conn) send(cmds ...[]string) error {
	var out []byte
	for _, cmd := range cmds {
		out = testserver.AppendCommand(out, cmd...)
	}
	if err := c.nc.SetWriteDeadline(time.Now().Add(c.wait)); err != nil {
		return err
	}
	_, err := c.nc.Write(out)
	return err
}

// peek returns the next message that has arrived, or errNothing, or io.EOF once the server closed the connection.
func (c *conn) peek() (resp.Value, error) {
	ended, err := false, error(nil)
	if len(c.got) == 0 {
		ended, err = c.collect()
	}
	switch {
	case len(c.got) > 0:
		v := c.got[0]
		c.got = c.got[1:]
		return v, nil
	case err == nil && ended:
		err = io.EOF
	case err == nil:
		err = errNothing
	}
	return resp.Value{}, err
}

// collect takes whole messages off what the kernel has.
func (c *conn) collect() (ended bool, err error) {
	if ended, err = c.fill(); err != nil {
		return ended, err
	}
	for {
		v, err := c.parse()
		if err == errNothing {
			return ended, nil
		}
		if err != nil {
			return ended, err
		}
		c.got = append(c.got, v)
	}
}

// awaitMessages waits until as many messages are there to be read.
func (c *conn) awaitMessages(n int) error {
	for deadline := time.Now().Add(c.wait); time.Now().Before(deadline); time.Sleep(poll) {
		if ended, err := c.collect(); err != nil || ended || len(c.got) >= n {
			return err
		}
	}
	return fmt.Errorf("nothing wakes %s", c.name)
}

// fill reads what the kernel has, without waiting.
func (c *conn) fill() (ended bool, err error) {
	raw, err := c.nc.SyscallConn()
	if err != nil {
		return false, err
	}
	chunk := make([]byte, 64<<10)
	outer := raw.Read(func(fd uintptr) bool {
		for {
			n, e := syscall.Read(int(fd), chunk)
			switch {
			case n > 0:
				c.buf = append(c.buf, chunk[:n]...)
				continue
			case e == syscall.EINTR:
				continue
			case n == 0 || e == syscall.ECONNRESET:
				ended = true
			case e != syscall.EAGAIN:
				err = e
			}
			return true
		}
	})
	return ended, errors.Join(err, outer)
}

// parse takes a message off the bytes that were read.
func (c *conn) parse() (resp.Value, error) {
	src := bytes.NewReader(c.buf)
	r := bufio.NewReader(src)
	v, err := resp.ReadValue(r, resp.DefaultReplyLimits)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return v, errNothing
	case err != nil:
		return v, fmt.Errorf("%s: %w in %q", c.name, err, c.buf)
	}
	c.buf = c.buf[len(c.buf)-src.Len()-r.Buffered():]
	return v, nil
}

// delivered waits until the server's kernel has all that was sent: on a busy machine a later write of another connection may
// arrive first.
func (c *conn) delivered() error {
	raw, err := c.nc.SyscallConn()
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(c.wait); time.Now().Before(deadline); time.Sleep(poll / 10) {
		left, e := 0, error(nil)
		if err := raw.Control(func(fd uintptr) { left, e = unix.IoctlGetInt(int(fd), unix.TIOCOUTQ) }); err != nil || e != nil || left == 0 {
			return errors.Join(err, e)
		}
	}
	return fmt.Errorf("%s: what was sent stays here", c.name)
}

// awaitSome waits for a moment until as many messages are there; that fewer come is no error.
func (c *conn) awaitSome(n int, within time.Duration) error {
	for deadline := time.Now().Add(within); ; time.Sleep(poll / 10) {
		if ended, err := c.collect(); err != nil || ended || len(c.got) >= n || time.Now().After(deadline) {
			return err
		}
	}
}

// next waits for a message.
func (c *conn) next(within time.Duration) (resp.Value, error) {
	for deadline := time.Now().Add(within); ; time.Sleep(200 * time.Microsecond) {
		v, err := c.peek()
		if err != errNothing || time.Now().After(deadline) {
			return v, err
		}
	}
}

// do sends a command and waits for its reply, an error reply being an error.
func (c *conn) do(args ...string) (resp.Value, error) {
	if err := c.send(args); err != nil {
		return resp.Value{}, err
	}
	v, err := c.next(c.wait)
	if err == nil && v.IsError() {
		err = errors.New(v.Str)
	}
	if err != nil {
		err = fmt.Errorf("%s: %s: %w", c.name, strings.Join(args, " "), err)
	}
	return v, err
}
