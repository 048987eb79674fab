package server

import (
	"clusternode/command"
)

func (s *Server) handleClientTracking(x *command.Ctx) {
	c := connOf(x)
	t, problem := command.ParseClientTracking(x.Args, c.track.mode(), c.track.prefixes, func(id int64) bool { return s.byID.find(id) != nil })
	switch {
	case problem != "":
		x.W.Error(problem)
		return
	case t.Mode&command.TrackingOn == 0:
		s.disableTracking(c)
	case !s.enableTracking(c, t):
		x.W.Error("ERR too many clients use tracking")
		return
	}
	x.W.OK()
}

func (s *Server) handleClientCaching(x *command.Ctx) {
	if problem := command.ParseClientCaching(x.Args, connOf(x).track.mode()); problem != "" {
		x.W.Error(problem)
		return
	}
	x.C.Flags |= command.ClientCaching
	x.W.OK()
}

func (s *Server) handleClientGetRedir(x *command.Ctx) {
	x.W.Int(connOf(x).redirect())
}

func (s *Server) handleClientTrackingInfo(x *command.Ctx) {
	c, w := connOf(x), x.W
	flags := command.TrackingFlags(c.track.mode(), c.Has(command.ClientCaching))
	w.Map(3)
	w.BulkString("flags")
	w.Set(len(flags))
	for _, f := range flags {
		w.BulkString(f)
	}
	w.BulkString("redirect")
	w.Int(c.redirect())
	w.BulkString("prefixes")
	w.Strings(c.track.prefixes)
}

// redirect is the id of the connection that gets the tracking messages, 0 for
// the connection itself, -1 if it does not track.
func (c *conn) redirect() int64 {
	if c.track.mode()&command.TrackingOn == 0 {
		return -1
	}
	return c.track.redirect.Load()
}
