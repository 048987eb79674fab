package cluster

// announce writes what the configuration says about this node into its record.
func (m *Machine) announce() {
	r := m.self.rec
	c := &m.cfg
	if validHost(c.AnnounceIP) {
		r.Host = c.AnnounceIP
	}
	r.Port, r.TLSPort, r.BusPort = or(c.AnnouncePort, c.Port), or(c.AnnounceTLSPort, c.TLSPort), c.AnnounceBusPort
	if r.BusPort == 0 {
		r.BusPort = c.BusPort
	}
	if r.BusPort == 0 {
		r.BusPort = or(c.Port, c.TLSPort) + BusPortOffset
	}
	r.Hostname, r.HumanName = c.AnnounceHostname, c.AnnounceHumanNodename
	r.NoFailover = c.ReplicaNoFailover
	if r != m.self.rec {
		m.self.rec = r
		m.dirtyRecord = true
	}
}

func or(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}
