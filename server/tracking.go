package server

import (
	"clusternode/command"
	"clusternode/slots"
)

func (s *Server) trackingChanged(w *worker, by *conn, k *command.Key) {}

func (s *Server) trackingFlushed(w *worker, by *conn) {}

func (s *Server) trackingRemoved(w *worker, slot slots.Slot, key []byte) {}
