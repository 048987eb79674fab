//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"clusternode/internal/testserver"
)

// footprint is collections whose resident bytes are measured.
type footprint struct {
	name  string
	count uint64 // of what the bytes are divided by
	fill  filling
}

// footprints are the cases for `keys` elements in the largest collections.
func footprints(keys uint64) []footprint {
	tenth := keys / 10
	each := func(n int, one string) string { return strings.Repeat(one+" ", n) }
	many := func(n uint64, name, text string) footprint {
		return footprint{name, n, filling{n, strings.Fields(text)}}
	}
	fields := ""
	for i := range 10 {
		fields += fmt.Sprintf("f%d vvvvvvvv{1000000} ", i) // 20 B
	}
	key := fmt.Sprintf("key:{%d+}", tenth)
	zset, integers := "", ""
	for i := range 20 {
		integers += fmt.Sprintf("%d ", 1000*i+7)
	}
	for i := range 100 {
		zset += fmt.Sprintf("%d member:%d ", i*7%100, i)
	}
	return []footprint{
		many(keys, "hash of 10 fields of 2 + 20 B", fmt.Sprintf("HSET key:{%d+} %s", keys, fields)),
		many(tenth, "list of 20 x 10 B", "RPUSH "+key+" "+each(20, "abcdefghij")),
		many(tenth, "set of 20 integers", "SADD "+key+" "+integers),
		many(tenth, "set of 10 x 12 B", "SADD "+key+" "+strings.Join([]string{"aaaaaaaaaaa1", "aaaaaaaaaaa2", "aaaaaaaaaaa3", "aaaaaaaaaaa4", "aaaaaaaaaaa5", "aaaaaaaaaaa6", "aaaaaaaaaaa7", "aaaaaaaaaaa8", "aaaaaaaaaaa9", "aaaaaaaaaaa0"}, " ")),
		many(keys/100, "sorted set of 100", fmt.Sprintf("ZADD key:{%d+} %s", keys/100, zset)),
		{"one sorted set, per member", keys, filling{keys, words("ZADD one {1000000} member:{%d+}", keys)}},
		{"one hash, per field", keys, filling{keys, words("HSET one field:{%d+} vvvvvvvvvvvvvvvvvvvv", keys)}},
		{"one set, per member", keys, filling{keys, words("SADD one member:{%d+}", keys)}},
		{"one stream of 2 fields, per entry", keys, filling{keys, words("XADD one * field {%d+} other vvvvvvvvvv", keys)}},
	}
}

// collectionMemory measures the resident bytes of collections, with Valkey beside the others where it is found.
func (c *config) collectionMemory() error {
	if bin, err := testserver.Oracle("valkey"); err == nil && !slices.Contains(c.report.Order, bin.Name) {
		ct := contender{bin: bin, args: c.contenders[0].args}
		c.contenders = append(c.contenders, ct)
		c.report.Order = append(c.report.Order, bin.Name)
		c.report.Servers[bin.Name] = "for the memory of collections"
		defer func() {
			c.contenders, c.report.Order = c.contenders[:len(c.contenders)-1], c.report.Order[:len(c.report.Order)-1]
		}()
	}
	for _, f := range footprints(c.keys) {
		values := map[string]float64{}
		for _, ct := range c.contenders {
			v, err := footprintOf(ct, f)
			if err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
			values[ct.bin.Name] = v
		}
		c.report.add(Row{Section: "memory of collections", Case: f.name, Unit: "B", Values: values, Less: true})
	}
	return nil
}

// footprintOf is the resident bytes of one collection or element.
func footprintOf(ct contender, f footprint) (float64, error) {
	r, err := ct.start()
	if err != nil {
		return 0, err
	}
	defer r.Kill()
	if err := r.warm(); err != nil {
		return 0, err
	}
	if err := r.storeOne(f.fill); err != nil {
		return 0, err
	}
	time.Sleep(settle)
	loaded, err := resident(r.PID())
	return float64(loaded-r.empty) / float64(f.count), err
}

// warm makes the server hold what any load makes it hold, buffers and the like, so that no share of it counts as part of a
// collection, and reads its resident bytes anew.
func (r *running) warm() error {
	for _, args := range [][]string{words("SET warm {1000000}"), words("DEL warm")} {
		if err := r.storeOne(filling{50_000, args}); err != nil {
			return err
		}
	}
	time.Sleep(settle)
	var err error
	r.empty, err = resident(r.PID())
	return err
}
