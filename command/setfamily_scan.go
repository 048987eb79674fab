package command

import (
	"strconv"

	"clusternode/internal/glob"
	"clusternode/resp"
)

// costOfSscan is the cost of the part that is visited.
func costOfSscan(c *Ctx) int64 {
	n := setLen(&c.Keys[0])
	if o, problem := parseSscan(c.Args); problem == "" {
		n = min(n, o.count)
	}
	return int64(n) * nanosPerMember
}

// sscanOptions are the arguments of SSCAN behind its cursor.
type sscanOptions struct {
	count   int
	pattern []byte // nil: all
}

// parseSscan reads the options; problem is the error to reply, "" if there is
// none.
func parseSscan(args [][]byte) (o sscanOptions, problem string) {
	o.count = 10
	for i := 3; i < len(args); i += 2 {
		switch {
		case i+1 < len(args) && equalFold(args[i], "count"):
			n, ok := resp.ParseInt(args[i+1])
			if !ok {
				return o, resp.ErrNotInteger
			}
			if n < 1 {
				return o, resp.ErrSyntax
			}
			o.count = int(n)
		case i+1 < len(args) && equalFold(args[i], "match"):
			o.pattern = args[i+1]
		default:
			return o, resp.ErrSyntax
		}
	}
	if string(o.pattern) == "*" {
		o.pattern = nil
	}
	return o, ""
}

// sscan looks at its options only if there is a set, as Redis does.
func sscan(c *Ctx) {
	cursor, ok := parseCursor(c.Args[2])
	if !ok {
		c.W.Error("ERR invalid cursor")
		return
	}
	s, exists, ok := c.readSet(&c.Keys[0])
	if !ok {
		return
	}
	if !exists {
		c.W.Array(2)
		c.W.BulkString("0")
		c.W.Array(0)
		return
	}
	o, problem := parseSscan(c.Args)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	list := newBulkList(c.W)
	next := s.Scan(cursor, o.count, func(m []byte) {
		if o.pattern == nil || glob.Match(o.pattern, m) {
			list.add(m)
		}
	})
	list.close(cursorHead(next))
}

// cursorHead is the reply of a scan up to its list: an array of two whose first
// element is the cursor.
func cursorHead(cursor uint64) []byte {
	digits := strconv.AppendUint(make([]byte, 0, 20), cursor, 10)
	head := append(make([]byte, 0, 64), "*2\r\n$"...)
	head = strconv.AppendInt(head, int64(len(digits)), 10)
	head = append(head, '\r', '\n')
	head = append(head, digits...)
	return append(head, '\r', '\n')
}
