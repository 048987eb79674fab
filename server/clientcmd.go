package server

import (
	"clusternode/command"
)

// handleReset brings the connection back to how it was when it was accepted.
// The slots of its watched keys are locked.
func (s *Server) handleReset(x *command.Ctx) {
	c := connOf(x)
	s.resetTransaction(c)
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
	until, all, ok := command.ParseClientPause(x)
	if !ok {
		return
	}
	s.pause.begin(x.Now, until, all)
	x.W.OK()
}

func (s *Server) handleClientUnpause(x *command.Ctx) {
	s.pause.end()
	x.W.OK()
}

func (s *Server) handleClientInfo(x *command.Ctx) {
	c := connOf(x)
	c.lastCmd = x.Spec
	x.W.Verbatim("txt", c.view(s).String()+"\n")
}
