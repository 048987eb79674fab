package keyspace

// Cause says why a key goes that no command removes.
type Cause uint8

// The causes.
const (
	CauseExpired Cause = iota
	CauseEvicted
)
