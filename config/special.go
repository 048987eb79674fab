package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// The directives whose values are lists or sets of their own shape. All but
// the notification classes keep their canonical words in Value.list.

// saveCodec keeps "seconds changes" pairs.
type saveCodec struct{}

func (saveCodec) kind() string { return "list of <seconds> <changes>" }

func (saveCodec) parse(words []string, prev Value) (Value, error) {
	if len(words) == 1 && words[0] == "" {
		return Value{}, nil
	}
	if len(words)%2 != 0 {
		return Value{}, wording("Invalid save parameters")
	}
	list := slices.Clone(prev.list)
	for i, w := range words {
		n, err := strconv.ParseInt(w, 10, 32)
		if err != nil || n < int64(1-i%2) {
			return Value{}, wording("Invalid save parameters")
		}
		list = append(list, strconv.FormatInt(n, 10))
	}
	return Value{list: list}, nil
}

func (saveCodec) format(v Value) string { return strings.Join(v.list, " ") }

// lines are always needed: without one the next start takes the default, and
// that is not the same in every release.
func (saveCodec) lines(name string, v, _ Value) []line {
	if len(v.list) == 0 {
		return []line{{name + ` ""`, true}}
	}
	var out []line
	for i := 0; i < len(v.list); i += 2 {
		out = append(out, line{name + " " + v.list[i] + " " + v.list[i+1], true})
	}
	return out
}

// outputLimitCodec keeps class, hard limit, soft limit and soft seconds of each
// class of clients, in the order of outputClasses.
type outputLimitCodec struct{}

// outputClasses are the classes as CONFIG GET names them.
var outputClasses = [...]string{"normal", "slave", "pubsub"}

func (outputLimitCodec) kind() string { return "list of <class> <hard> <soft> <seconds>" }

func (outputLimitCodec) parse(words []string, prev Value) (Value, error) {
	if len(words) == 1 && words[0] == "" {
		return prev, nil // CONFIG SET to nothing changes nothing
	}
	if len(words)%4 != 0 {
		return Value{}, wording("Wrong number of arguments in buffer limit configuration.")
	}
	list := slices.Clone(prev.list)
	for ; len(words) > 0; words = words[4:] {
		class := strings.ToLower(words[0])
		if class == "replica" {
			class = "slave"
		}
		i := slices.Index(outputClasses[:], class)
		if i < 0 {
			return Value{}, wording("Invalid client class specified in buffer limit configuration.")
		}
		hard, ok1 := ParseMemory(words[1])
		soft, ok2 := ParseMemory(words[2])
		seconds, err := strconv.ParseInt(words[3], 10, 32)
		if !ok1 || !ok2 || err != nil || seconds < 0 {
			return Value{}, wording("Error in hard, soft or soft_seconds setting in buffer limit configuration.")
		}
		copy(list[4*i+1:], []string{itoa(int64(hard), true), itoa(int64(soft), true), itoa(seconds, false)})
	}
	return Value{list: list}, nil
}

func (outputLimitCodec) format(v Value) string { return strings.Join(v.list, " ") }

func (outputLimitCodec) lines(name string, v, def Value) []line {
	var out []line
	for i := 0; i < len(v.list); i += 4 {
		class := v.list[i]
		if class == "slave" {
			class = "replica"
		}
		hard, _ := strconv.ParseUint(v.list[i+1], 10, 64)
		soft, _ := strconv.ParseUint(v.list[i+2], 10, 64)
		out = append(out, line{
			text:   fmt.Sprintf("%s %s %s %s %s", name, class, formatMemory(hard), formatMemory(soft), v.list[i+3]),
			needed: !slices.Equal(v.list[i:i+4], def.list[i:i+4]),
		})
	}
	return out
}

// addressCodec keeps the addresses to listen on; "" alone is none at all.
type addressCodec struct{}

const maxBindAddresses = 16

func (addressCodec) kind() string { return "list of addresses" }

func (addressCodec) parse(words []string, _ Value) (Value, error) {
	if len(words) > maxBindAddresses {
		return Value{}, wording("Too many bind addresses specified.")
	}
	if len(words) == 1 && words[0] == "" {
		return Value{}, nil
	}
	return Value{list: slices.Clone(words)}, nil
}

func (addressCodec) format(v Value) string { return strings.Join(v.list, " ") }

func (addressCodec) lines(name string, v, def Value) []line {
	switch {
	case v.equal(def):
		return nil
	case len(v.list) == 0:
		return []line{{name + ` ""`, true}}
	}
	text := name
	for _, a := range v.list {
		text += " " + bare(a)
	}
	return []line{{text, true}}
}

// bare quotes a word only if redis.conf would not read it back as it is.
func bare(w string) string {
	if q := Quote(w); len(q) != len(w)+2 || w == "" || strings.ContainsAny(w, " '") {
		return q
	}
	return w
}

// oomCodec keeps the scores of primary, replica and background child.
type oomCodec struct{}

func (oomCodec) kind() string { return "three scores" }

func (oomCodec) parse(words []string, _ Value) (Value, error) {
	if len(words) != 3 {
		return Value{}, errWords
	}
	list := make([]string, 3)
	for i, w := range words {
		n, err := strconv.ParseInt(w, 10, 32)
		if err != nil || n < -2000 || n > 2000 {
			return Value{}, wording("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
		}
		list[i] = itoa(n, false)
	}
	return Value{list: list}, nil
}

func (oomCodec) format(v Value) string { return strings.Join(v.list, " ") }

func (c oomCodec) lines(name string, v, def Value) []line {
	return single(name+" "+c.format(v), v, def)
}

// percentileCodec keeps percentiles in the shortest of at most 6 decimals.
type percentileCodec struct{}

func (percentileCodec) kind() string { return "list of percentiles" }

func (percentileCodec) parse(words []string, _ Value) (Value, error) {
	if len(words) == 1 && words[0] == "" {
		return Value{}, nil
	}
	var v Value
	for _, w := range words {
		if strings.ContainsAny(w, "xX") && !strings.ContainsAny(w, "pP") {
			w += "p0" // C needs no exponent in a hexadecimal number
		}
		f, err := strconv.ParseFloat(w, 64)
		if err != nil || f != f {
			return Value{}, wording("Invalid latency-tracking-info-percentiles parameters")
		}
		if f < 0 || f > 100 {
			return Value{}, wording("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
		}
		s := strings.TrimRight(strconv.FormatFloat(f+0, 'f', 6, 64), "0")
		v.list = append(v.list, strings.TrimSuffix(s, "."))
	}
	return v, nil
}

func (percentileCodec) format(v Value) string { return strings.Join(v.list, " ") }

func (c percentileCodec) lines(name string, v, _ Value) []line {
	if len(v.list) == 0 {
		return []line{{name + ` ""`, true}}
	}
	return []line{{name + " " + c.format(v), true}}
}

// replicaOfCodec keeps host and port of the primary, nothing for "no one".
type replicaOfCodec struct{}

func (replicaOfCodec) kind() string { return "<host> <port>" }

func (replicaOfCodec) parse(words []string, _ Value) (Value, error) {
	if len(words) != 2 {
		return Value{}, errWords
	}
	if strings.EqualFold(words[0], "no") && strings.EqualFold(words[1], "one") {
		return Value{}, nil
	}
	port, err := strconv.ParseUint(words[1], 10, 16)
	if err != nil {
		return Value{}, wording("Invalid master port")
	}
	return Value{list: []string{words[0], strconv.FormatUint(port, 10)}}, nil
}

func (replicaOfCodec) format(v Value) string { return strings.Join(v.list, " ") }

func (replicaOfCodec) lines(name string, v, _ Value) []line {
	if len(v.list) == 0 {
		return nil
	}
	return []line{{name + " " + bare(v.list[0]) + " " + v.list[1], true}}
}

// dirCodec keeps the absolute working directory. A relative one is relative to
// the one before, as if the process had changed into it.
type dirCodec struct{}

func (dirCodec) kind() string { return "directory" }

func (dirCodec) parse(words []string, prev Value) (Value, error) {
	w, err := one(words)
	if err != nil {
		return Value{}, err
	}
	dir := w
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(prev.str, dir)
	}
	info, err := os.Stat(dir)
	switch {
	case w == "":
		return Value{}, Reason(syscall.ENOENT)
	case err != nil:
		return Value{}, Reason(err)
	case !info.IsDir():
		return Value{}, Reason(syscall.ENOTDIR)
	}
	return Value{str: filepath.Clean(dir)}, nil
}

func (dirCodec) format(v Value) string { return v.str }

// lines are always needed: the default is wherever the next start happens.
func (dirCodec) lines(name string, v, _ Value) []line {
	return []line{{name + " " + Quote(v.str), true}}
}

// Reason is a system error in the C library's words, which begin with a
// capital: for hooks, whose errors clients read.
func Reason(err error) error {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return err
	}
	s := no.Error()
	return wording(strings.ToUpper(s[:1]) + s[1:])
}
