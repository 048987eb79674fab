package command

import (
	"strconv"

	"clusternode/internal/glob"
	"clusternode/keyspace"
	"clusternode/object"
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

// matches reports whether a member is one that MATCH asks for.
func (o *sscanOptions) matches(member []byte) bool {
	return o.pattern == nil || glob.Match(o.pattern, member)
}

// scanValue is SSCAN, HSCAN and ZSCAN: visit puts what a step from the cursor on
// finds in the value into the list and returns the next cursor. args are those of
// the command without what only one of the three knows. As in Redis the options
// are looked at only if there is a value.
func (c *Ctx) scanValue(t object.Type, args [][]byte, visit func(e keyspace.Entry, cursor uint64, o *sscanOptions, list *bulkList) (next uint64)) {
	cursor, ok := parseCursor(c.Args[2])
	if !ok {
		c.W.Error("ERR invalid cursor")
		return
	}
	e, ok := c.ReadAs(&c.Keys[0], t)
	if !ok {
		return
	}
	if !e.Exists() {
		c.W.Array(2)
		c.W.BulkString("0")
		c.W.Array(0)
		return
	}
	o, problem := parseSscan(args)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	list := newBulkList(c.W)
	next := visit(e, cursor, &o, &list)
	list.close(cursorHead(next))
}

func sscan(c *Ctx) {
	c.scanValue(keyspace.TypeSet, c.Args, func(e keyspace.Entry, cursor uint64, o *sscanOptions, list *bulkList) uint64 {
		s := setOf(&c.Keys[0], e)
		return s.Scan(cursor, o.count, func(m []byte) {
			if o.matches(m) {
				list.add(m)
			}
		})
	})
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
