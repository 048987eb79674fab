//go:build linux

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"clusternode/bench/load"
	"clusternode/internal/testserver"
)

// evictionMemory is maxmemory of the section: room for a tenth to a quarter of a million keys.
const evictionMemory = 32 << 20

// eviction measures how good the victims are and what taking them costs.
func (c *config) eviction() error {
	for _, policy := range []string{"allkeys-lru", "allkeys-lfu"} {
		if err := c.hitRates(policy); err != nil {
			return err
		}
	}
	for _, pipeline := range []int{1, 16} {
		if err := c.evictingRates(pipeline); err != nil {
			return err
		}
	}
	return nil
}

// hitRates plays one zipfian trace on a cache: GET, and SET after a miss. The first half warms it.
func (c *config) hitRates(policy string) error {
	rates, keys := map[string]float64{}, map[string]float64{}
	for _, ct := range c.contenders {
		var err error
		if rates[ct.bin.Name], keys[ct.bin.Name], err = c.hitRateOf(ct, policy, evictionMemory); err != nil {
			return err
		}
	}
	section := fmt.Sprintf("eviction: maxmemory %d MiB, zipf 0.99 of %s, 64 B", evictionMemory>>20, count(c.keys))
	c.report.add(Row{Section: section, Case: policy + ": hit rate", Unit: "%", Values: rates})
	c.report.add(Row{Section: section, Case: policy + ": keys at the end", Unit: "keys", Values: keys})
	if len(c.contenders) < 2 {
		return nil
	}
	// Room for as many keys as the other has shows how good the victims are.
	ours, other := c.contenders[0].bin.Name, c.contenders[1].bin.Name
	const bookkeeping = 2 << 20 // bytes that do not depend on the keys, about
	memory := bookkeeping + (evictionMemory-bookkeeping)*keys[other]/keys[ours]
	rate, n, err := c.hitRateOf(c.contenders[0], policy, int(memory))
	if err != nil {
		return err
	}
	same := map[string]float64{ours: rate, other: rates[other]}
	c.report.add(Row{Section: section, Case: fmt.Sprintf("%s: hit rate, ours with %.0f keys", policy, n), Unit: "%", Values: same})
	return nil
}

// hitRateOf plays the trace on one server and returns its hit rate in percent and the keys at the end.
func (c *config) hitRateOf(ct contender, policy string, memory int) (rate, keys float64, err error) {
	r, err := ct.start("--maxmemory", strconv.Itoa(memory), "--maxmemory-policy", policy)
	if err != nil {
		return 0, 0, err
	}
	defer r.Kill()
	if rate, err = r.hitRate(newZipf(c.keys, 0.99, 1), int(3*c.keys)); err != nil {
		return 0, 0, err
	}
	keys, err = r.number("DBSIZE")
	return 100 * rate, keys, err
}

// zipf draws numbers below n, the smaller the likelier.
type zipf struct {
	sums []float64
	r    *rand.Rand
}

func newZipf(n uint64, exponent float64, seed uint64) *zipf {
	z := &zipf{sums: make([]float64, n), r: rand.New(rand.NewPCG(seed, 2))}
	sum := 0.0
	for i := range z.sums {
		sum += math.Pow(float64(i+1), -exponent)
		z.sums[i] = sum
	}
	return z
}

func (z *zipf) next() uint64 {
	i, _ := slices.BinarySearch(z.sums, z.r.Float64()*z.sums[len(z.sums)-1])
	return uint64(i)
}

// hitRate plays n accesses and returns the share of hits in the second half.
func (r *running) hitRate(z *zipf, n int) (float64, error) {
	c, err := testserver.Dial(r.Addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	const batch = 50
	value := strings.Repeat("x", valueSize)
	hits, seen := 0, 0
	var text []byte
	wanted := make([]string, batch)
	for done := 0; done < n; done += batch {
		text = text[:0]
		for i := range wanted {
			wanted[i] = string(load.AppendKey(nil, z.next()))
			text = testserver.AppendCommand(text, "GET", wanted[i])
		}
		misses, err := missesOf(c, text, wanted)
		if err != nil {
			return 0, err
		}
		if done >= n/2 {
			hits, seen = hits+batch-len(misses), seen+batch
		}
		text = text[:0]
		for _, key := range misses {
			text = testserver.AppendCommand(text, "SET", key, value)
		}
		if _, err := missesOf(c, text, misses); err != nil {
			return 0, err
		}
	}
	return float64(hits) / float64(seen), nil
}

// missesOf sends the requests, one for each key, and returns the keys whose replies were null.
func missesOf(c *testserver.Conn, text []byte, keys []string) (misses []string, err error) {
	if err := c.SendRaw(text); err != nil {
		return nil, err
	}
	for _, key := range keys {
		v, err := c.Receive()
		if err == nil && v.IsError() {
			err = fmt.Errorf("%s: %s", key, v.Str)
		}
		if err != nil {
			return nil, err
		}
		if v.Null {
			misses = append(misses, key)
		}
	}
	return misses, nil
}

// evictingRates measures SETs of keys of which few exist, while there is room for all and while each has to take the place
// of another, and how far used_memory is from maxmemory meanwhile.
func (c *config) evictingRates(pipeline int) error {
	s := samples{}
	for range c.rounds {
		for _, ct := range c.contenders {
			if err := c.evictingRate(s, ct, pipeline); err != nil {
				return err
			}
		}
	}
	section := fmt.Sprintf("eviction: SET of new keys, 64 B, pipeline %d", pipeline)
	add := func(name, unit string, less, single bool) {
		c.report.add(Row{Section: section, Case: name, Unit: unit, Values: s.medians(name), Less: less, Single: single})
	}
	for _, policy := range evictingPolicies {
		add(policy+": SETs", "1/s", false, false)
		add(policy+": share of the rate without eviction", "%", false, false)
		add(policy+": used_memory at most, beyond maxmemory", "B", true, true)
		add(policy+": used_memory at least, beyond maxmemory", "B", true, true)
	}
	add("without eviction: SETs", "1/s", false, false)
	return nil
}

var evictingPolicies = []string{"allkeys-lru", "allkeys-lfu", "allkeys-random"}

// evictingRate is one round of one server. It begins with as many keys as fit, with and without a limit.
func (c *config) evictingRate(s samples, ct contender, pipeline int) error {
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	name := ct.bin.Name
	set := load.NewCommand(1_000_000_000, false, "SET", "KEY", strings.Repeat("x", valueSize))
	plan := load.Plan{Addr: r.Addr, Conns: c.conns, Pipeline: pipeline, Fill: set, For: c.each}
	if err := r.fill(c.keys/5, valueSize); err != nil {
		return err
	}
	free, err := load.Run(plan)
	if err != nil {
		return err
	}
	without := float64(free.Requests) / free.Elapsed.Seconds()
	s.add("without eviction: SETs", name, without)
	for i, policy := range evictingPolicies {
		if _, err := r.do("FLUSHALL"); err != nil {
			return err
		}
		if _, err := r.do("CONFIG", "SET", "maxmemory", strconv.Itoa(evictionMemory), "maxmemory-policy", policy); err != nil {
			return err
		}
		if err := r.fill(c.keys, valueSize); err != nil {
			return err
		}
		plan.Seed = uint64(i) + 1
		low, high, res, err := r.watchedRun(plan)
		if err != nil {
			return err
		}
		rate := float64(res.Requests) / res.Elapsed.Seconds()
		s.add(policy+": SETs", name, rate)
		s.add(policy+": share of the rate without eviction", name, 100*rate/without)
		s.add(policy+": used_memory at most, beyond maxmemory", name, high-evictionMemory)
		s.add(policy+": used_memory at least, beyond maxmemory", name, low-evictionMemory)
	}
	return nil
}

// watchedRun plays the plan and asks for used_memory a few times meanwhile.
func (r *running) watchedRun(plan load.Plan) (low, high float64, res load.Result, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	var stop atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for !stop.Load() {
			used := float64(r.used())
			low, high = min(low, used), max(high, used)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	res, err = load.Run(plan)
	stop.Store(true)
	<-ended
	if err == nil && res.Errors > 0 {
		err = fmt.Errorf("%s: %s", r.Binary.Name, res.FirstError)
	}
	return low, high, res, err
}

// number is the integer reply of a command.
func (r *running) number(args ...string) (float64, error) {
	v, err := r.do(args...)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(v.Str, 64)
}
