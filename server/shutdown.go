package server

import (
	"strings"

	"clusternode/command"
	"clusternode/resp"
)

// handleShutdown is SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]. There is
// nothing to save and no replica to wait for yet, so SAVE is refused, and the
// shutdown happens at once.
func (s *Server) handleShutdown(x *command.Ctx) {
	var save, noSave, abort bool
	for _, a := range x.Args[1:] {
		switch strings.ToLower(string(a)) {
		case "save":
			save = true
		case "nosave":
			noSave = true
		case "now", "force": // nothing is waited for, and nothing can fail
		case "abort":
			abort = true
		default:
			x.W.Error(resp.ErrSyntax)
			return
		}
	}
	switch {
	case abort && len(x.Args) > 2 || save && noSave:
		x.W.Error(resp.ErrSyntax)
	case abort:
		x.W.Error("ERR No shutdown in progress.")
	case save:
		x.W.Error("ERR SHUTDOWN SAVE: saving to disk is not built yet")
	default:
		s.log.Warning("User requested shutdown...")
		// No reply: the connection ends with the server.
		x.C.Flags |= command.ClientCloseAfterReply
		go s.Close()
	}
}
