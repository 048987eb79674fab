package testserver

import (
	"bufio"
	"net"
	"strconv"
	"time"

	"clusternode/resp"
)

// DefaultTimeout bounds the wait for one reply.
const DefaultTimeout = 30 * time.Second

// Conn is a client connection in lockstep or with an explicit pipeline. It is not safe for concurrent use.
type Conn struct {
	Timeout time.Duration
	nc      net.Conn
	r       *bufio.Reader
	out     []byte
}

// Dial connects to a server.
func Dial(addr string) (*Conn, error) {
	nc, err := net.DialTimeout("tcp", addr, DefaultTimeout)
	if err != nil {
		return nil, err
	}
	return &Conn{Timeout: DefaultTimeout, nc: nc, r: bufio.NewReaderSize(nc, 16<<10)}, nil
}

// AppendCommand appends the command as clients send it, an array of bulk strings.
func AppendCommand(dst []byte, args ...string) []byte {
	dst = append(dst, '*')
	dst = strconv.AppendInt(dst, int64(len(args)), 10)
	dst = append(dst, '\r', '\n')
	for _, a := range args {
		dst = append(dst, '$')
		dst = strconv.AppendInt(dst, int64(len(a)), 10)
		dst = append(dst, '\r', '\n')
		dst = append(dst, a...)
		dst = append(dst, '\r', '\n')
	}
	return dst
}

// Send writes a command without waiting for its reply.
func (c *Conn) Send(args ...string) error {
	c.out = AppendCommand(c.out[:0], args...)
	return c.SendRaw(c.out)
}

// SendRaw writes bytes as they are.
func (c *Conn) SendRaw(b []byte) error {
	if err := c.nc.SetWriteDeadline(time.Now().Add(c.Timeout)); err != nil {
		return err
	}
	_, err := c.nc.Write(b)
	return err
}

// Receive reads the next reply; an error reply is a Value, not an error.
func (c *Conn) Receive() (Value, error) {
	if err := c.nc.SetReadDeadline(time.Now().Add(c.Timeout)); err != nil {
		return Value{}, err
	}
	return resp.ReadValue(c.r, resp.DefaultReplyLimits)
}

// Do sends a command and reads its reply.
func (c *Conn) Do(args ...string) (Value, error) {
	if err := c.Send(args...); err != nil {
		return Value{}, err
	}
	return c.Receive()
}

// Descriptor is the socket, for who waits for many connections at once. It is the connection's: not to be closed.
func (c *Conn) Descriptor() (fd int, err error) {
	raw, err := c.nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		return -1, err
	}
	err = raw.Control(func(p uintptr) { fd = int(p) })
	return fd, err
}

// Close closes the connection.
func (c *Conn) Close() error { return c.nc.Close() }
