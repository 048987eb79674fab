package cluster

import (
	"clusternode/slots"
	"time"
)

// Saved is the content of a nodes.conf.
type Saved struct{}

// ParseConf reads a nodes.conf; the error names the line.
func ParseConf(text []byte) (*Saved, error) { return nil, nil }

type Machine struct{}

// New makes the machine; saved nil: a new node. Call Ready at once.
func New(cfg Config, saved *Saved, now time.Duration, seed uint64) *Machine { return nil }
func (m *Machine) Configure(now time.Duration, cfg Config)                  {}
func (m *Machine) ID() string                                               { return "" }
func (m *Machine) Boot() Boot                                               { return Boot{} }

// TickEvery is how often Tick wants to be called.
func (m *Machine) TickEvery() time.Duration { return 0 }
func (m *Machine) Tick(now time.Duration)   {}
func (m *Machine) Ready() Ready             { return Ready{} }

// MaxMessage bounds one message in bytes.
const MaxMessage = 60 << 10

// Step takes one message that came over a control link of node from.
func (m *Machine) Step(now time.Duration, from string, body []byte) error { return nil }

// Merge takes a Delta that came through memberlist (broadcast or push/pull).
func (m *Machine) Merge(now time.Duration, delta []byte) error { return nil }

// State is everything the node knows as one Delta, for push/pull. May be > MaxMessage.
func (m *Machine) State() []byte { return nil }

// LinkUp: a control link to (outbound or inbound) that life of node id exists now. local, remote: IP addresses of the two ends, "" if unknown.
func (m *Machine) LinkUp(now time.Duration, id string, boot Boot, local, remote string) {}
func (m *Machine) LinkDown(now time.Duration, id string)                                {}

// Suspect is a hint (memberlist's suspicion or death): heartbeat it now.
func (m *Machine) Suspect(now time.Duration, id string) {}

// MeetLink: the dial of Ready.Meet found that node; LinkUp of the link came before.
func (m *Machine) MeetLink(now time.Duration, token uint64, id string)   {}
func (m *Machine) MeetFailed(now time.Duration, token uint64, err error) {}

// Admin calls: error is an Error (reply text) or nil.
func (m *Machine) Meet(now time.Duration, ip string, port, busPort int) error { return nil }
func (m *Machine) RequestSave()                                               {}

type View struct {
	Table *slots.Table
}
