package main

import (
	"bufio"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/redcon"

	"clusternode/resp"
)

// adminClient speaks RESP to one node of this machine.
type adminClient struct {
	port int
	nc   net.Conn
	in   *bufio.Reader
}

// adminTimeout bounds every dial and reply.
const adminTimeout = 10 * time.Second

func dialAdmin(port int) (*adminClient, error) {
	nc, err := net.DialTimeout("tcp", net.JoinHostPort(localAddress, strconv.Itoa(port)), adminTimeout)
	if err != nil {
		return nil, err
	}
	return &adminClient{port: port, nc: nc, in: bufio.NewReader(nc)}, nil
}

// do sends one command; an error reply is an error.
func (c *adminClient) do(args ...string) (resp.Value, error) {
	out := redcon.AppendArray(nil, len(args))
	for _, a := range args {
		out = redcon.AppendBulkString(out, a)
	}
	if err := c.nc.SetDeadline(time.Now().Add(adminTimeout)); err != nil {
		return resp.Value{}, err
	}
	if _, err := c.nc.Write(out); err != nil {
		return resp.Value{}, err
	}
	v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
	if err == nil && v.IsError() {
		err = errors.New(v.Str)
	}
	return v, err
}

func (c *adminClient) close() { c.nc.Close() }

// infoInt reads "name:number" from an INFO text; a missing field is 0.
func infoInt(text, name string) int {
	for line := range strings.SplitSeq(text, "\r\n") {
		if v, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.Atoi(v) // CLUSTER INFO prints integers
			return n
		}
	}
	return 0
}
