package server

// publish sends a message to the subscribers of a channel on this node. w may
// hold slot locks; it is nil for housekeeping.
func (s *Server) publish(w *worker, channel, message []byte) (receivers int) { return 0 }
