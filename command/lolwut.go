package command

import (
	"math"
	"strconv"
)

// lolwutSpec is LOLWUT: pictures. Redis draws another one in each version; these
// are this project's own, with the arguments that Redis' take. One of a size of
// its own may take long.
var lolwutSpec = &Spec{Name: "lolwut", Arity: -1, Flags: ReadOnly | Fast, Cost: lolwutCost, Handler: lolwut}

func lolwutCost(c *Ctx) int64 {
	if len(c.Args) > 3 {
		return math.MaxInt32
	}
	return 0
}

// lolwut replies LOLWUT [VERSION version] [argument ...]. A version without a
// picture prints the server's version only.
func lolwut(c *Ctx) {
	version, args := int64(7), c.Args[1:]
	if len(args) >= 2 && equalFold(args[0], "version") {
		n, ok := c.intArg(args[1])
		if !ok {
			return
		}
		version, args = n, args[2:]
	}
	text := ""
	switch uint32(version) {
	case 5:
		size, ok := c.sizes(args, bounded{66, 1000}, bounded{8, 200}, bounded{12, 200})
		if !ok {
			return
		}
		text = drawGossip(c.Rand, size[0], size[1], size[2]) + "\nGossip: who talks to whom in a cluster of " + strconv.Itoa(size[1]) + ". "
	case 6:
		size, ok := c.sizes(args, bounded{80, 1000}, bounded{20, 1000})
		if !ok {
			return
		}
		text = drawSlots(c.Rand, size[0], size[1]) + "\nHash slots and their owners, on one of many possible days. "
	}
	c.W.Verbatim("txt", text+"Redis ver. "+RedisVersion+"\n")
}

// bounded is a size with its default; smaller ones than 1 and greater ones than
// most are drawn in the nearest size.
type bounded struct{ usual, most int64 }

// sizes reads optional sizes; what follows them is ignored.
func (c *Ctx) sizes(args [][]byte, bounds ...bounded) (out []int, ok bool) {
	for i, b := range bounds {
		n := b.usual
		if i < len(args) {
			if n, ok = c.intArg(args[i]); !ok {
				return nil, false
			}
		}
		out = append(out, int(min(max(n, 1), b.most)))
	}
	return out, true
}
