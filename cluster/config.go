package cluster

import "time"

// EndpointType is cluster-preferred-endpoint-type.
type EndpointType uint8

const (
	EndpointIP EndpointType = iota
	EndpointHostname
	EndpointUnknown
)

// Config is what the machine is told by the node's configuration. All of it
// may change at run time, see Machine.Configure.
type Config struct {
	NodeTimeout time.Duration // cluster-node-timeout, "T"

	// Where the node listens; 0 means it does not.
	Port, TLSPort, BusPort int

	// The announce directives; "" and 0 are unset.
	AnnounceIP                                     string
	AnnouncePort, AnnounceTLSPort, AnnounceBusPort int
	AnnounceHostname, AnnounceHumanNodename        string
	PreferredEndpoint                              EndpointType
	RequireFullCoverage, AllowReadsWhenDown        bool
	AllowReplicaMigration, ReplicaNoFailover       bool
	// Wall is the unix time in milliseconds at the moment that the machine's
	// clock calls 0; only CLUSTER NODES and nodes.conf show it.
	Wall int64
}

// handshakeTimeout is how long a MEET is retried.
func (c *Config) handshakeTimeout() time.Duration { return max(c.NodeTimeout, time.Second) }

// heartbeatEvery is the interval between heartbeats to the voters.
func (c *Config) heartbeatEvery() time.Duration { return max(c.NodeTimeout/10, 10*time.Millisecond) }

// tickEvery is how often Tick wants to be called.
func (c *Config) tickEvery() time.Duration {
	return min(max(c.NodeTimeout/20, 5*time.Millisecond), 100*time.Millisecond)
}
