package load

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// KeyLength is the length of every key: "key:" and twelve digits.
const KeyLength = 16

const digits = 12

// Command is a request whose key changes from one to the next.
type Command struct {
	text []byte
	at   int    // where the digits are
	keys uint64 // numbers 0..keys-1 are drawn
	next uint64 // when sequential, the next number
	seq  bool
}

// NewCommand makes a command of arguments of which exactly one is "KEY". Its number is random below keys; when sequential,
// it counts from 0 and starts again at keys.
func NewCommand(keys uint64, sequential bool, args ...string) *Command {
	c := &Command{keys: keys, seq: sequential, at: -1}
	for i, a := range args {
		if a == "KEY" {
			args[i] = string(AppendKey(nil, 0))
		}
	}
	c.text = AppendArgs(nil, args...)
	if c.at = bytes.Index(c.text, []byte("key:000000000000")); c.at < 0 {
		panic(fmt.Sprintf("no KEY in %q", args))
	}
	c.at += len("key:")
	return c
}

// AppendKey appends the key of the number.
func AppendKey(dst []byte, n uint64) []byte {
	dst = append(dst, "key:000000000000"...)
	putDigits(dst[len(dst)-digits:], n)
	return dst
}

// AppendArgs appends a request.
func AppendArgs(dst []byte, args ...string) []byte {
	dst = append(dst, '*')
	dst = strconv.AppendInt(dst, int64(len(args)), 10)
	for _, a := range args {
		dst = append(dst, "\r\n$"...)
		dst = strconv.AppendInt(dst, int64(len(a)), 10)
		dst = append(dst, '\r', '\n')
		dst = append(dst, a...)
	}
	return append(dst, '\r', '\n')
}

func putDigits(dst []byte, n uint64) {
	for i := digits - 1; i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}

// Fill makes dst hold n requests and patches their keys; a dst that Fill returned before is reused.
func (c *Command) Fill(dst []byte, n int, rng *rand.Rand) []byte {
	size := len(c.text)
	if len(dst) != n*size {
		dst = bytes.Repeat(c.text, n)
	}
	if c.keys <= 1 {
		return dst
	}
	for i := range n {
		num := c.next
		if c.seq {
			if c.next++; c.next == c.keys {
				c.next = 0
			}
		} else {
			num = rng.Uint64N(c.keys)
		}
		putDigits(dst[i*size+c.at:i*size+c.at+digits], num)
	}
	return dst
}

// Filler makes batches of requests; Command is one.
type Filler interface {
	Fill(dst []byte, n int, rng *rand.Rand) []byte
}

// FillFunc makes requests one by one, for those that change in length.
type FillFunc func(dst []byte, rng *rand.Rand) []byte

// Fill appends n requests.
func (f FillFunc) Fill(dst []byte, n int, rng *rand.Rand) []byte {
	dst = dst[:0]
	for range n {
		dst = f(dst, rng)
	}
	return dst
}
