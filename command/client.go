package command

// Client is the state of one connection that commands see and change. Its
// executor (the loop that owns the connection) is the only one to touch it,
// others only under the gate.
type Client struct {
	ID      int64
	DB      int
	Proto   int // 2 or 3
	Owner   any // the connection, for the server
	Flags   ClientFlags
	Name    string
	LibName string
	LibVer  string
	User    string
}

// ClientFlags are the modes of a connection.
type ClientFlags uint32

const (
	// ClientReadOnly: READONLY was sent; a replica may serve reads.
	ClientReadOnly ClientFlags = 1 << iota
	// ClientAsking: the next command may be served by an importing slot.
	ClientAsking
	// ClientNoTouch: reads leave LRU and LFU alone.
	ClientNoTouch
	// ClientNoEvict: exempt from maxmemory-clients.
	ClientNoEvict
	// ClientAuthenticated: may run commands other than AUTH and HELLO.
	ClientAuthenticated
	// ClientReplyOff, ClientReplySkip, ClientReplySkipNext: CLIENT REPLY.
	ClientReplyOff
	ClientReplySkip
	ClientReplySkipNext
	// ClientMulti: inside MULTI; ClientDirtyExec: a queued command failed.
	ClientMulti
	ClientDirtyExec
	// ClientCloseAfterReply: the connection ends once its replies are sent.
	ClientCloseAfterReply
	// ClientUnixSocket: came in over the unix socket.
	ClientUnixSocket
	// ClientInExec: a command runs as part of EXEC.
	ClientInExec
	// ClientPubSub: listens to channels; in RESP2 few commands are allowed then.
	ClientPubSub
	// ClientMonitor: sees every command, and may not use keys.
	ClientMonitor
	// ClientTracks: the keys that it reads are remembered (CLIENT TRACKING, not
	// in BCAST mode); ClientCaching: CLIENT CACHING holds for the next command.
	ClientTracks
	ClientCaching
)

// Has reports whether any of the flags is set.
func (c *Client) Has(f ClientFlags) bool { return c.Flags&f != 0 }
