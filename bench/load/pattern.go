package load

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Pattern is a request with several numbers that change from one to the next.
type Pattern struct {
	text   []byte
	places []place
}

// place is where a number stands and what it may be.
type place struct {
	at    int    // of its first digit
	below uint64 // the number is below it
	every uint64 // 0: random; n: grows by one every n requests and starts again at below
	next  uint64
}

// NewPattern makes a pattern of arguments. In them {n} is a random number below n in twelve digits, {n+} counts from 0, and
// {n/m+} counts by one every m requests.
func NewPattern(args ...string) *Pattern {
	p := &Pattern{}
	p.text = append(p.text, "*"+strconv.Itoa(len(args))+"\r\n"...)
	for _, a := range args {
		p.argument(a)
	}
	return p
}

func (p *Pattern) argument(a string) {
	before, rest, ok := strings.Cut(a, "{")
	inside, after, closed := strings.Cut(rest, "}")
	size := len(a)
	if ok && closed {
		size = len(before) + digits + len(after)
	}
	p.text = append(p.text, "$"+strconv.Itoa(size)+"\r\n"...)
	if !ok || !closed {
		p.text = append(p.text, a+"\r\n"...)
		return
	}
	p.text = append(p.text, before...)
	p.places = append(p.places, parsePlace(inside, len(p.text)))
	p.text = append(p.text, strings.Repeat("0", digits)+after+"\r\n"...)
}

func parsePlace(inside string, at int) place {
	number, counts := strings.CutSuffix(inside, "+")
	number, each, divided := strings.Cut(number, "/")
	pl := place{at: at}
	var err error
	if pl.below, err = strconv.ParseUint(number, 10, 64); err != nil || pl.below == 0 {
		panic(fmt.Sprintf("no number in {%s}", inside))
	}
	if counts {
		pl.every = 1
	}
	if divided {
		if pl.every, err = strconv.ParseUint(each, 10, 64); err != nil {
			panic(fmt.Sprintf("no number after / in {%s}", inside))
		}
	}
	return pl
}

// Fill makes dst hold n requests; a dst that Fill returned before is reused.
func (p *Pattern) Fill(dst []byte, n int, rng *rand.Rand) []byte {
	size := len(p.text)
	if len(dst) != n*size {
		dst = bytes.Repeat(p.text, n)
	}
	for i := range n {
		for j := range p.places {
			pl := &p.places[j]
			var num uint64
			if pl.every == 0 {
				num = rng.Uint64N(pl.below)
			} else {
				num = pl.next / pl.every % pl.below
				pl.next++
			}
			at := i*size + pl.at
			putDigits(dst[at:at+digits], num)
		}
	}
	return dst
}
