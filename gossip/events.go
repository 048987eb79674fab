package gossip

import (
	"errors"
	"net"

	"clusternode/cluster"
)

// What happens on the links and in memberlist becomes calls of the machine here. The methods below run in goroutines of the
// mesh and of memberlist; what they post runs in the driver's.

var (
	_ meshEvents   = (*driver)(nil)
	_ membersOwner = (*driver)(nil)
)

// linkUp implements meshEvents.
func (d *driver) linkUp(l *link) {
	if l.kind != controlLink {
		d.talk.linkUp(l)
		return
	}
	d.post(func() {
		if !d.current(l) {
			return
		}
		boot := cluster.Boot{Counter: l.peer.boot.counter, Nonce: l.peer.boot.nonce}
		d.machine.LinkUp(clock(), l.peer.id, boot, ipOf(l.conn.LocalAddr()), ipOf(l.conn.RemoteAddr()))
		d.carrier.Load().joiner.kick()
	})
}

// linkDown implements meshEvents.
func (d *driver) linkDown(l *link, err error) {
	d.log.debugf("cluster bus: %s link with %.8s is closed: %v", l.kind, l.peer.id, err)
	if l.kind != controlLink {
		d.talk.linkDown(l)
		return
	}
	d.post(func() {
		if d.mesh.control(l.peer.id) == nil {
			d.machine.LinkDown(clock(), l.peer.id)
		}
	})
}

// current reports whether the link is the one in use, made under our present name.
func (d *driver) current(l *link) bool { return l.self == d.self && d.mesh.control(l.peer.id) == l }

// frame implements meshEvents.
func (d *driver) frame(l *link, typ byte, body []byte) error {
	switch {
	case typ == frameMachine && l.kind == controlLink:
		if len(body) > cluster.MaxMessage {
			return errMalformed
		}
		body = append([]byte(nil), body...)
		d.post(func() { d.step(l, body) })
		return nil
	case typ == framePacket && l.kind == controlLink && d.mesh.isMember(l.peer.id):
		d.carrier.Load().carry.deliverPacket(body, l.conn.RemoteAddr())
		return nil
	case typ == frameStream && l.kind == bulkLink && d.mesh.isMember(l.peer.id):
		return l.streams.frame(body, d.carrier.Load().carry.deliverStream)
	case typ == framePubSub && l.kind == bulkLink:
		return d.talk.frame(l, body)
	default:
		d.stats.droppedUnknown.Add(1)
		return nil
	}
}

// step gives the machine a message. A node that is stuck hears nothing, as if it stood still.
func (d *driver) step(l *link, body []byte) {
	if l.self != d.self || d.stuck() {
		return
	}
	if err := d.machine.Step(clock(), l.peer.id, body); err != nil {
		d.stats.droppedHostile.Add(1)
		l.close(err)
	}
}

// dialled implements meshEvents.
func (d *driver) dialled(token uint64, l *link, err error) {
	var r *refusal
	d.post(func() {
		switch {
		case err == nil:
			d.machine.MeetLink(clock(), token, l.peer.id)
		case errors.As(err, &r) && r.status == helloSelf:
			d.machine.MeetLink(clock(), token, d.self.id)
		default:
			d.machine.MeetFailed(clock(), token, err)
		}
	})
}

// twin implements meshEvents.
func (d *driver) twin(who peerName, where net.Addr) {
	d.stats.twins.Add(1)
	now, last := int64(clock()), d.lastTwinLog.Load()
	if last != 0 && now-last < int64(twinLogEvery) || !d.lastTwinLog.CompareAndSwap(last, now) {
		return
	}
	if where == nil {
		d.log.warnf("Another live process carries our node id %s: two nodes were started from copies of one cluster configuration file. "+
			"Stop one of them.", who.id)
		return
	}
	d.log.warnf("Two live processes carry the node id %s, one of them at %s: they were started from copies of one cluster configuration "+
		"file. Stop one of them.", who.id, where)
}

// knows implements membersOwner.
func (d *driver) knows(id string) bool { return d.mesh.isMember(id) }

// gossiped implements membersOwner.
func (d *driver) gossiped(delta []byte) {
	d.offer(func() {
		if err := d.machine.Merge(clock(), delta); err != nil {
			d.stats.droppedHostile.Add(1)
		}
	})
}

// lost implements membersOwner.
func (d *driver) lost(name peerName) {
	d.offer(func() {
		if l := d.mesh.control(name.id); l == nil || l.peer == name {
			d.machine.Suspect(clock(), name.id)
		}
	})
}

// ipOf is the IP address of one end of a link, "" if it has none.
func ipOf(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.IP.String()
	}
	return ""
}
