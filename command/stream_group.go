package command

import (
	"clusternode/object"
	"clusternode/resp"
)

const (
	errNeedsKey    = "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically."
	errEntriesRead = "ERR value for ENTRIESREAD must be positive or -1"
	errBusyGroup   = "BUSYGROUP Consumer Group name already exists"
)

// noGroupFor is the error of a group that a stream does not have.
func noGroupFor(group, key []byte) string {
	return "NOGROUP No such consumer group '" + resp.Quoted(group) + "' for key name '" + resp.Quoted(key) + "'"
}

// noKeyOrGroup is the error of a key or a group that there is not.
func noKeyOrGroup(key, group []byte) string {
	return "NOGROUP No such key '" + resp.Quoted(key) + "' or consumer group '" + resp.Quoted(group) + "'"
}

// groupEvent reports a change of a group of the command's stream. Watchers of a
// key are told of changes of its entries, not of its groups: those count as
// changes, no more.
func (c *Ctx) groupEvent(event string) {
	c.Dirty(1)
	c.Notify(NotifyStream, event, &c.Keys[0])
}

// groupOptions reads the options of XGROUP CREATE and SETID; ok is false after
// an error was replied.
func (c *Ctx) groupOptions(create bool) (mkStream bool, read int64, ok bool) {
	read = object.UnknownRead
	for i := 5; i < len(c.Args); i++ {
		switch {
		case create && equalFold(c.Args[i], "mkstream"):
			mkStream = true
		case i+1 < len(c.Args) && equalFold(c.Args[i], "entriesread"):
			i++
			if read, ok = c.intArg(c.Args[i]); !ok {
				return false, 0, false
			}
			if read < 0 && read != object.UnknownRead {
				c.W.Error(errEntriesRead)
				return false, 0, false
			}
		default:
			c.groupSyntax()
			return false, 0, false
		}
	}
	return mkStream, read, true
}

func (c *Ctx) groupSyntax() { c.W.Error(resp.SubcommandSyntax(c.Args[1], c.containerName())) }

// containerName is the name of the container of a subcommand.
func (c *Ctx) containerName() string {
	if p := c.Spec.Parent(); p != nil {
		return p.Name
	}
	return c.Spec.Name
}

// openGroup opens the stream and the group that an XGROUP subcommand names; ok
// is false after the error that there is none was replied.
func (c *Ctx) openGroup() (s object.Stream, g object.StreamGroup, ok bool) {
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	if !ok {
		return s, g, false
	}
	if !exists {
		c.W.Error(errNeedsKey)
		return s, g, false
	}
	g, found, err := s.OpenGroup(c.Args[3])
	switch {
	case err != nil:
		c.W.Error(resp.ErrOOM)
		return s, g, false
	case !found:
		c.W.Error(noGroupFor(c.Args[3], k.Bytes))
		return s, g, false
	}
	return s, g, true
}

func xgroupCreate(c *Ctx) {
	mkStream, read, ok := c.groupOptions(true)
	if !ok {
		return
	}
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	switch {
	case !ok:
		return
	case !exists && !mkStream:
		c.W.Error(errNeedsKey)
		return
	case len(c.Args) > 8:
		c.groupSyntax()
		return
	}
	var id object.StreamID
	switch {
	case string(c.Args[4]) != "$":
		if id, ok = c.idArg(c.Args[4], 0); !ok {
			return
		}
	case exists:
		id = s.LastID()
	}
	if !exists {
		if s, ok = c.newStream(k); !ok {
			return
		}
	}
	created, err := s.CreateGroup(c.Args[3], id, read)
	switch {
	case err != nil:
		if !exists {
			k.Part.Remove(k.Hash, k.Bytes)
		}
		c.W.Error(resp.ErrOOM)
	case !created:
		c.W.Error(errBusyGroup)
	case exists:
		c.groupEvent("xgroup-create")
		c.W.OK()
	default:
		c.Changed(k)
		c.Notify(NotifyStream, "xgroup-create", k)
		c.W.OK()
	}
}

func xgroupSetID(c *Ctx) {
	_, read, ok := c.groupOptions(false)
	if !ok {
		return
	}
	s, g, ok := c.openGroup()
	if !ok {
		return
	}
	if n := len(c.Args); n != 5 && n != 7 {
		c.groupSyntax()
		return
	}
	id := s.LastID()
	if string(c.Args[4]) != "$" {
		if id, ok = parseStreamID(c.Args[4], 0); !ok {
			c.W.Error(errStreamID)
			return
		}
	}
	g.SetLast(id)
	g.SetRead(read)
	c.groupEvent("xgroup-setid")
	c.W.OK()
}

func xgroupDestroy(c *Ctx) {
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	switch {
	case !ok:
		return
	case !exists:
		c.W.Error(errNeedsKey)
		return
	}
	was, err := s.DestroyGroup(c.Args[3])
	switch {
	case err != nil:
		c.W.Error(resp.ErrOOM)
	case was:
		c.groupEvent("xgroup-destroy")
		if k.Part.AwaitsRemoval(k.Bytes) {
			c.ready(k) // who reads for the group is told that it is gone
		}
		c.W.Int(1)
	default:
		c.W.Int(0)
	}
}

func xgroupCreateConsumer(c *Ctx) {
	_, g, ok := c.openGroup()
	if !ok {
		return
	}
	_, created, err := g.OpenConsumer(c.Args[4], c.Now)
	switch {
	case err != nil:
		c.W.Error(resp.ErrOOM)
	case created:
		c.groupEvent("xgroup-createconsumer")
		c.W.Int(1)
	default:
		c.W.Int(0)
	}
}

func xgroupDelConsumer(c *Ctx) {
	_, g, ok := c.openGroup()
	if !ok {
		return
	}
	pending, was, err := g.DeleteConsumer(c.Args[4])
	switch {
	case err != nil:
		c.W.Error(resp.ErrOOM)
		return
	case was:
		c.groupEvent("xgroup-delconsumer")
	}
	c.W.Int(int64(pending))
}

// xack acknowledges entries, whose IDs are all looked at first.
func xack(c *Ctx) {
	k := &c.Keys[0]
	s, exists, ok := c.openGroups(k)
	if !ok {
		return
	}
	var g object.StreamGroup
	if exists {
		var err error
		if g, exists, err = s.OpenGroup(c.Args[2]); err != nil {
			c.W.Error(resp.ErrOOM)
			return
		}
	}
	if !exists {
		c.W.Int(0)
		return
	}
	ids, ok := c.idArgs(c.Args[3:])
	if !ok {
		return
	}
	n := 0
	for _, id := range ids {
		was, err := g.Acknowledge(id)
		if err != nil && n == 0 {
			c.W.Error(resp.ErrOOM)
			return
		}
		if was {
			n++
		}
	}
	c.Dirty(n)
	c.W.Int(int64(n))
}
