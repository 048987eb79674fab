package command

import (
	"fmt"
	"math"

	"clusternode/resp"
)

// intArg reads an integer argument; ok is false after the error was replied.
func (c *Ctx) intArg(arg []byte) (n int64, ok bool) {
	return c.intBetween(arg, math.MinInt64, math.MaxInt64, "")
}

// intBetween reads an integer argument from lo to hi. text replaces both of
// the usual errors unless it is "".
func (c *Ctx) intBetween(arg []byte, lo, hi int64, text string) (n int64, ok bool) {
	n, text = parseBetween(arg, lo, hi, text)
	if text != "" {
		c.W.Error(text)
		return 0, false
	}
	return n, true
}

// parseBetween is intBetween without a reply: problem is the error's text, ""
// if there is none.
func parseBetween(arg []byte, lo, hi int64, text string) (n int64, problem string) {
	n, ok := resp.ParseInt(arg)
	switch {
	case ok && n >= lo && n <= hi:
		return n, ""
	case text != "":
		return 0, text
	case !ok:
		return 0, resp.ErrNotInteger
	case lo == 0:
		return 0, "ERR value is out of range, must be positive"
	}
	return 0, fmt.Sprintf("ERR value is out of range, value must between %d and %d", lo, hi)
}

// onOff reads the argument ON or OFF; ok is false after the syntax error was
// replied.
func (c *Ctx) onOff(arg []byte) (on, ok bool) {
	switch {
	case equalFold(arg, "on"):
		return true, true
	case equalFold(arg, "off"):
		return false, true
	}
	c.W.Error(resp.ErrSyntax)
	return false, false
}

// setFlag sets or clears modes of the client.
func (c *Client) setFlag(f ClientFlags, on bool) {
	if on {
		c.Flags |= f
	} else {
		c.Flags &^= f
	}
}
