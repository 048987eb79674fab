//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"clusternode/bench/load"
)

const (
	valueSize = 64
	// overheadAllowed is what the goal for overwritten keys grants per key beside key and value.
	overheadAllowed = 24
	// maxOther is the largest value that the overwriting writes.
	maxOther = 200
	mib      = 1 << 20
)

// memory measures resident bytes per key while loading and after, after half of the keys got values of other sizes, and
// after FLUSHALL. Contenders run one after the other: 10 million keys fit, those of several servers at once may not.
func (c *config) memory() error {
	for _, n := range c.sizes {
		for _, ttl := range []bool{false, true} {
			if err := c.memoryCase(n, ttl); err != nil {
				return fmt.Errorf("%s: %w", count(n), err)
			}
		}
	}
	return nil
}

func (c *config) memoryCase(n uint64, ttl bool) error {
	s := samples{}
	for _, ct := range c.contenders {
		if err := c.memoryOf(s, ct, n, ttl); err != nil {
			return err
		}
	}
	name := count(n) + ", no TTL"
	if ttl {
		name = count(n) + ", TTL"
	}
	for _, f := range []struct{ figure, text, unit string }{
		{"peak", "peak while loading", "B/key"},
		{"loaded", "loaded", "B/key"},
		{"used", "used_memory, loaded", "B/key"},
		{"rate", "loading", "keys/s"},
		{"half", "half overwritten with 1..200 B", "B/key"},
		{"payload", "the same / (keys + values + 24 B per key)", "ratio"},
		{"half rested", "half overwritten, some seconds later", "B/key"},
		{"payload rested", "the same / (keys + values + 24 B per key)", "ratio"},
		{"flushed", "above empty after FLUSHALL", "MiB"},
		{"flush time", "until empty + 20 MiB (or given up)", "s"},
	} {
		if s[f.figure] != nil {
			c.report.add(Row{Section: "memory: 16 B keys, 64 B values, " + name, Case: f.text, Unit: f.unit, Values: s.medians(f.figure), Less: f.figure != "rate",
				Single: f.figure == "flushed" || f.figure == "flush time"})
		}
	}
	return nil
}

func (c *config) memoryOf(s samples, ct contender, n uint64, ttl bool) error {
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	var more []string
	if ttl {
		more = []string{"EX", "1000000"}
	}
	name := r.Binary.Name
	usedBefore := r.used()
	high := watchPeak(r.PID())
	begun := time.Now()
	err = r.fill(n, valueSize, more...)
	took := time.Since(begun)
	top := high.end()
	if err != nil {
		return err
	}
	loaded, err := resident(r.PID())
	if err != nil {
		return err
	}
	perKey := func(bytes int64) float64 { return float64(bytes) / float64(n) }
	s.add("peak", name, perKey(max(top, loaded)-r.empty))
	s.add("loaded", name, perKey(loaded-r.empty))
	s.add("used", name, perKey(r.used()-usedBefore))
	s.add("rate", name, float64(n)/took.Seconds())
	payload, err := r.overwriteHalf(n, more)
	if err != nil {
		return err
	}
	for _, when := range []string{"", " rested"} {
		half, err := resident(r.PID())
		if err != nil {
			return err
		}
		s.add("half"+when, name, perKey(half-r.empty))
		s.add("payload"+when, name, float64(half-r.empty)/float64(payload+int64(n)*overheadAllowed))
		if when == "" {
			time.Sleep(c.rest)
		}
	}
	return c.flush(s, r)
}

// used is the server's own figure.
func (r *running) used() int64 {
	v, err := r.do("INFO", "memory")
	if err != nil {
		return 0
	}
	return infoInt(v.Str, "used_memory:")
}

// overwriteHalf gives every second key a value of random size and returns the bytes of all keys and values.
func (r *running) overwriteHalf(n uint64, more []string) (payload int64, err error) {
	var values [maxOther + 1][]byte // the arguments after the key, per size
	for size := range values {
		rest := load.AppendArgs(nil, append([]string{string(make([]byte, size))}, more...)...)
		values[size] = rest[4:] // without "*1\r\n": the command's own count comes first
	}
	args := strconv.Itoa(3 + len(more))
	next := uint64(0)
	fill := load.FillFunc(func(dst []byte, rng *rand.Rand) []byte {
		size := 1 + rng.IntN(maxOther)
		payload += int64(size - valueSize)
		dst = append(dst, "*"+args+"\r\n$3\r\nSET\r\n$16\r\n"...)
		dst = load.AppendKey(dst, next)
		dst = append(dst, '\r', '\n')
		if next += 2; next >= n {
			next = 0
		}
		return append(dst, values[size]...)
	})
	payload = int64(n) * (load.KeyLength + valueSize)
	_, err = load.Run(load.Plan{Addr: r.Addr, Conns: 8, Pipeline: 32, Count: int64(n / 2), Fill: fill, Seed: 7})
	return payload, err
}

// flush empties the server and watches how its memory comes back.
func (c *config) flush(s samples, r *running) error {
	if _, err := r.do("FLUSHALL"); err != nil {
		return err
	}
	begun := time.Now()
	for {
		rss, err := resident(r.PID())
		if err != nil {
			return err
		}
		waited := time.Since(begun)
		if rss < r.empty+20*mib || waited > c.flushWait {
			s.add("flushed", r.Binary.Name, float64(rss-r.empty)/mib)
			s.add("flush time", r.Binary.Name, waited.Seconds())
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}
