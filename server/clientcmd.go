package server

import (
	"strings"

	"clusternode/command"
)

// handleReset brings the connection back to how it was when it was accepted.
// The slots of its watched keys are locked.
func (s *Server) handleReset(x *command.Ctx) {
	c := connOf(x)
	s.resetTransaction(c)
	s.endMonitor(c)
	s.disableTracking(c)
	c.dropSubscriptions()
	c.Flags &^= command.ClientReadOnly | command.ClientAsking | command.ClientNoTouch | command.ClientNoEvict |
		command.ClientReplyOff | command.ClientReplySkip | command.ClientReplySkipNext
	if s.PasswordRequired() {
		c.Flags &^= command.ClientAuthenticated
	}
	c.DB, c.Proto, c.Name, c.User = 0, 2, "", "default"
	x.W.Proto = 2
	x.W.SimpleString("RESET")
}

func (s *Server) handleClientPause(x *command.Ctx) {
	p, problem := command.ParseClientPause(x.Args, x.Now)
	if problem != "" {
		x.W.Error(problem)
		return
	}
	s.pause.begin(x.Now, p.Until, !p.WritesOnly)
	x.W.OK()
}

func (s *Server) handleClientUnpause(x *command.Ctx) {
	s.pause.end()
	x.W.OK()
}

func (s *Server) handleClientInfo(x *command.Ctx) {
	c := connOf(x)
	c.lastCmd = x.Spec
	x.W.Verbatim("txt", c.viewRunning(s, x.Args).String()+"\n")
}

func (s *Server) handleClientList(x *command.Ctx) {
	list, problem := command.ParseClientList(x.Args)
	if problem != "" {
		x.W.Error(problem)
		return
	}
	views := s.views(workerOf(x), connOf(x))
	for _, v := range views {
		if v.c == connOf(x) && v != v.c.frozen { // in EXEC
			v.ArgvMem = lengthOf(x.Args)
		}
	}
	var b strings.Builder
	if list.IDs != nil {
		byID := make(map[int64]*clientView, len(views))
		for _, v := range views {
			byID[v.ID] = v
		}
		for _, id := range list.IDs {
			if v := byID[id]; v != nil {
				b.WriteString(v.String() + "\n")
			}
		}
	} else {
		for _, v := range views {
			if list.Type == command.ClientTypeAny || list.Type == v.info().Type {
				b.WriteString(v.String() + "\n")
			}
		}
	}
	x.W.Verbatim("txt", b.String())
}

func (s *Server) handleClientKill(x *command.Ctx) {
	self := connOf(x)
	kill, problem := command.ParseClientKill(x.Args, func(name []byte) bool { return string(name) == "default" })
	if problem != "" {
		x.W.Error(problem)
		return
	}
	killed := int64(0)
	for _, v := range s.views(workerOf(x), self) {
		if !kill.Matches(v.info(), self.ID) {
			continue
		}
		killed++
		if v.c == self {
			self.Flags |= command.ClientCloseAfterReply
		} else {
			v.c.killed.Store(true)
			s.stopWaiting(v.c)
			v.c.outlet.post(letter{kind: letterHangUp, c: v.c})
		}
		if kill.Legacy {
			break
		}
	}
	switch {
	case !kill.Legacy:
		x.W.Int(killed)
	case killed == 0:
		x.W.Error(command.ErrNoSuchClient)
	default:
		x.W.OK()
	}
}

// info is what filters ask of the connection.
func (v *clientView) info() command.ClientInfo {
	kind := command.ClientTypeNormal
	if v.Sub != [3]int{} {
		kind = command.ClientTypePubSub
	}
	return command.ClientInfo{ID: v.ID, Type: kind, Addr: v.Addr, LAddr: v.LAddr, User: v.User}
}
