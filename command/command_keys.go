package command

// commandGetKeys answers COMMAND GETKEYS and GETKEYSANDFLAGS: which of the
// arguments of a command would be its keys.
func commandGetKeys(c *Ctx, withFlags bool) {
	args := c.Args[2:]
	s, isSub := c.Env.Table.Resolve(args)
	switch {
	case s == nil, len(s.visibleSubs()) > 0 && !isSub && len(args) > 1:
		c.W.Error("ERR Invalid command specified")
		return
	case len(s.Keys) == 0 && s.FindKeys == nil:
		c.W.Error("ERR The command has no key arguments")
		return
	case !s.ArityOK(len(args)):
		c.W.Error("ERR Invalid number of arguments specified for command")
		return
	}
	found, ok := s.KeyPositions(args, nil)
	keys := found[:0]
	for _, p := range found {
		if p.Flags&KeyNotKey == 0 {
			keys = append(keys, p)
		}
	}
	if !ok || len(keys) == 0 {
		if s.Is(NoMandatoryKeys) {
			c.W.Array(0)
		} else {
			c.W.Error("ERR Invalid arguments specified for command")
		}
		return
	}
	c.W.Array(len(keys))
	for _, p := range keys {
		if withFlags {
			c.W.Array(2)
		}
		c.W.Bulk(args[p.Arg])
		if withFlags {
			if access := variableAccess[s.FullName()]; access != nil {
				p.Flags = access(args)
			}
			writeWords(c.W, "", p.Flags.Names())
		}
	}
}

// variableAccess tells what a command whose key specs say variable_flags does
// to its key with these arguments.
var variableAccess = map[string]func(args [][]byte) KeyFlags{
	"set":      setAccess,
	"bitfield": bitfieldAccess,
}

func setAccess(args [][]byte) KeyFlags {
	for _, a := range args[3:] {
		if equalFold(a, "get") {
			return KeyRW | KeyAccess | KeyUpdate
		}
	}
	return KeyOW | KeyUpdate
}

// bitfieldAccess only reads if all operations do.
func bitfieldAccess(args [][]byte) KeyFlags {
	for i := 2; i < len(args); i++ {
		switch left := len(args) - i - 1; {
		case equalFold(args[i], "get") && left >= 2:
			i += 2
		case equalFold(args[i], "overflow") && left >= 1:
			i++
		default:
			return KeyRW | KeyAccess | KeyUpdate
		}
	}
	return KeyRO | KeyAccess
}
