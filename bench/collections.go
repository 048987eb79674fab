//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"

	"clusternode/bench/load"
)

// collectionCase is one command on collections. The numbers in its arguments are those of load.Pattern.
type collectionCase struct {
	name    string
	setup   []filling
	request []string
	drains  bool // takes away what setup stored: stored anew for each round, and each takes half of it
}

// filling is requests that store something.
type filling struct {
	count uint64
	args  []string
}

func words(text string, n ...any) []string { return strings.Fields(fmt.Sprintf(text, n...)) }

// manyOf divides the elements of the cases of many keys.
const manyOf = 10

// collectionCases are the commands on one big key of n elements, on n/10 keys, and those that read a hundred elements.
func collectionCases(n uint64) []collectionCase {
	var out []collectionCase
	value := strings.Repeat("v", 20)
	type write struct{ command, args, popper string }
	for _, w := range []write{{"LPUSH", value, "RPOP"}, {"HSET", "field:{%d} " + value, "HGET"}, {"SADD", "member:{%d}", ""}, {"ZADD", "{1000000} member:{%d}", "ZPOPMIN"}, {"XADD", "* field " + value + " other 1", ""}} {
		for _, many := range []bool{false, true} {
			key, members, name := "one", n, "one key of "+strings.TrimSuffix(count(n), " keys")
			if many {
				key, members, name = fmt.Sprintf("many:{%d}", n/manyOf), 2*manyOf, count(n/manyOf)
			}
			args := w.args
			if strings.Contains(args, "%d") {
				args = fmt.Sprintf(args, members)
			}
			put := append([]string{w.command, key}, strings.Fields(args)...)
			full := filling{n, put}
			if !many { // every member once
				full = filling{n, append([]string{w.command, key}, strings.Fields(strings.ReplaceAll(args, fmt.Sprintf(":{%d}", members), fmt.Sprintf(":{%d+}", members)))...)}
			}
			var setup []filling
			if w.command != "LPUSH" && w.command != "XADD" {
				setup = []filling{full}
			}
			out = append(out, collectionCase{name: w.command + ", " + name, setup: setup, request: put})
			switch w.popper {
			case "HGET":
				out = append(out, collectionCase{name: "HGET, " + name, setup: setup, request: []string{"HGET", key, fmt.Sprintf("field:{%d}", members)}})
			case "":
			default:
				out = append(out, collectionCase{name: w.popper + ", " + name, setup: []filling{full}, request: []string{w.popper, key}, drains: true})
			}
		}
	}
	for _, length := range []int{100, 300, 500, 600} {
		out = append(out, collectionCase{name: fmt.Sprintf("LRANGE_%d", length), setup: []filling{{1000, []string{"RPUSH", "list", "xxx"}}}, request: words("LRANGE list 0 %d", length-1)})
	}
	out = append(out, collectionCase{name: "HGETALL of 100", setup: []filling{{100, []string{"HSET", "hash", "f{100+}", value}}}, request: words("HGETALL hash")},
		collectionCase{name: "ZRANGE of 100", setup: []filling{{100, words("ZADD zset {100+} m{100+}")}}, request: words("ZRANGE zset 0 99")},
		collectionCase{name: "ZRANGE of 100 of " + strings.TrimSuffix(count(n), " keys"), setup: []filling{{n, words("ZADD zset {%d+} m{%d+}", n, n)}}, request: words("ZRANGE zset {%d} +inf BYSCORE LIMIT 0 100", n)})
	return out
}

// collections measures the commands on collections in a closed loop.
func (c *config) collections() error {
	rs, err := startAll(c.contenders)
	if err != nil {
		return err
	}
	defer func() { killAll(rs) }()
	for _, cc := range collectionCases(c.keys) {
		if err := c.collectionCase(rs, cc); err != nil {
			return fmt.Errorf("%s: %w", cc.name, err)
		}
	}
	return nil
}

func (c *config) collectionCase(rs []*running, cc collectionCase) error {
	const pipeline = 16
	s := samples{}
	plan := load.Plan{Conns: c.conns, Pipeline: pipeline, Fill: load.NewPattern(cc.request...)}
	if cc.drains {
		plan.Count = roundUp(int64(c.keys)/2, int64(pipeline))
	}
	for round := range c.rounds + 1 { // the first warms up
		for i := range rs {
			r := rs[(i+round)%len(rs)]
			if round == 0 || cc.drains {
				if err := r.store(cc.setup); err != nil {
					return err
				}
			}
			figures := s
			if plan.For = c.each; round == 0 {
				plan.For, figures = c.each/4, samples{}
			}
			plan.Addr, plan.Seed = r.Addr, uint64(round)
			if err := measure(figures, r, plan); err != nil {
				return err
			}
		}
	}
	c.report.addOps(cc.name+", pipeline "+strconv.Itoa(pipeline), s)
	return nil
}

// store empties the server and stores the fillings.
func (r *running) store(fillings []filling) error {
	if _, err := r.do("FLUSHALL"); err != nil {
		return err
	}
	for _, f := range fillings {
		if err := r.storeOne(f); err != nil {
			return err
		}
	}
	return nil
}

func (r *running) storeOne(f filling) error {
	pipeline := 64
	if len(f.args) > 50 {
		pipeline = 4
	}
	res, err := load.Run(load.Plan{Addr: r.Addr, Conns: 1, Pipeline: pipeline, Count: roundUp(int64(f.count), int64(pipeline)), Fill: load.NewPattern(f.args...)})
	if err == nil && res.Errors > 0 {
		err = fmt.Errorf("%s", res.FirstError)
	}
	if err != nil {
		return fmt.Errorf("fill %s: %w", r.Binary.Name, err)
	}
	return nil
}
