package gossip

import "clusternode/cluster"

// execute does what the machine asks for, in the order of cluster.Ready. Its error is that of an urgent save; then nothing
// leaves the node that could rest on what was not saved, and the save is repeated. The view is published nevertheless: a disk
// that fails takes a node's say in the cluster, not its service.
func (d *driver) execute() error {
	r := d.machine.Ready()
	if r.Empty() {
		return nil
	}
	for _, line := range r.Log {
		d.log.Log(line.Level, line.Text)
	}
	err := d.save(r.Save)
	if r.View != nil {
		d.view.Store(r.View)
		if d.cfg.Published != nil {
			d.cfg.Published(r.View)
		}
	}
	if r.Renamed {
		d.rename()
	}
	if r.PeersChanged {
		d.peers = r.Peers
	}
	if r.View != nil || r.PeersChanged {
		d.talk.setTargets(d.peers, d.view.Load()) // before anybody of them may dial
	}
	if r.PeersChanged {
		d.setPeers(r.Peers)
	}
	if err == nil {
		d.send(&r)
	}
	for _, dial := range r.Meet {
		if failed := d.mesh.meet(address(dial.Addr), dial.Token); failed != nil {
			d.machine.MeetFailed(clock(), dial.Token, failed)
		}
	}
	if r.Lost != nil && d.cfg.Lost != nil {
		d.cfg.Lost(r.Lost)
	}
	if r.Emptied && d.cfg.Emptied != nil {
		d.cfg.Emptied()
	}
	return err
}

func (d *driver) send(r *cluster.Ready) {
	if len(r.Broadcast) > 0 {
		d.stale = true
		for _, b := range r.Broadcast {
			d.carrier.Load().broadcast(b.ID, b.Body)
		}
	}
	if len(r.Send) == 0 || d.stuck() {
		return
	}
	for _, s := range r.Send {
		if l := d.mesh.control(s.To); l != nil {
			_ = l.send(frameMachine, s.Body, false) // lost with the link: the machine repeats
		}
	}
}

func (d *driver) setPeers(peers []cluster.Peer) {
	addrs := make(map[string]string, len(peers))
	for _, p := range peers {
		addrs[p.ID] = address(p.Addr)
	}
	d.mesh.setMembers(addrs)
	d.stale = true
	d.carrier.Load().joiner.kick()
}

// rename follows a RESET HARD: everything that was made under the old name goes.
func (d *driver) rename() {
	d.self = d.name()
	d.mesh.setIdentity(d.self)
	if err := d.renew(); err != nil {
		// Records still spread over the control links, only slower.
		d.log.warnf("cluster bus: memberlist could not be restarted: %v", err)
	}
}

// save writes nodes.conf at once if others will rely on it, at the next tick if not.
func (d *driver) save(s *cluster.Save) error {
	if s == nil {
		return nil
	}
	d.unwritten = s
	if s.Sync {
		return d.writeNow()
	}
	return nil
}

// writeLate writes what was left for later.
func (d *driver) writeLate() {
	if d.unwritten != nil {
		_ = d.writeNow() // logged and repeated there
	}
}

func (d *driver) writeNow() error {
	if err := d.store.save(d.unwritten.Text); err != nil {
		d.retrySave = clock() + saveRetry
		d.log.warnf("Could not save the cluster configuration to %s, others will not hear of what changed: %v", d.store.path, err)
		return &cluster.SaveError{Err: err}
	}
	d.unwritten, d.retrySave = nil, 0
	return nil
}
