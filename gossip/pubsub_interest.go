package gossip

import (
	"errors"
	"slices"
	"time"
)

// A node without subscribers tells its peers so, and they spare it their messages. Before it answers its first SUBSCRIBE it
// tells them that it wants messages again, and waits until each has acknowledged: what is published after the answer, by
// whomever, will come.

// asking is a change of interest that peers have not acknowledged yet.
type asking struct {
	want   Interest
	number uint64
	left   map[*link]struct{} // guarded by talk.mu
	done   chan struct{}      // closed when left is empty
}

func (a *asking) answeredLocked(l *link) {
	if _, waits := a.left[l]; waits {
		delete(a.left, l)
		if len(a.left) == 0 {
			close(a.done)
		}
	}
}

// acked is an answer of a peer; it covers earlier questions, too.
func (t *talk) acked(l *link, number uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.asks {
		if a.number <= number {
			a.answeredLocked(l)
		}
	}
}

// patience is how long a peer may take to acknowledge before its link is given up: one that does not answer is not
// reachable, and begins anew with a hello.
const patience = time.Second

var errNoAck = errors.New("gossip: a change of interest was not acknowledged")

// listen announces interest and waits until all peers know.
func (t *talk) listen(want Interest) {
	t.mu.Lock()
	t.announceLocked(want)
	asks := slices.Clone(t.asks)
	t.mu.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for _, a := range asks {
		select {
		case <-a.done:
			continue
		case <-timer.C:
			timer.Reset(0)
		case <-t.mesh.ctx.Done():
		}
		t.mu.Lock()
		late := make([]*link, 0, len(a.left))
		for l := range a.left {
			late = append(late, l)
		}
		for _, l := range late {
			a.answeredLocked(l)
		}
		t.mu.Unlock()
		for _, l := range late {
			l.close(errNoAck)
		}
	}
	t.settle(asks)
}

// announceLocked tells the peers that do not know that this node wants what it is missing.
func (t *talk) announceLocked(want Interest) {
	if t.own&want == want {
		return
	}
	t.own |= want
	t.number++
	a := &asking{want: want, number: t.number, left: make(map[*link]struct{}), done: make(chan struct{})}
	for l := range t.links {
		if l.talk.told == t.own {
			continue
		}
		l.talk.told = t.own
		a.left[l] = struct{}{}
	}
	t.asks = append(t.asks, a)
	if len(a.left) == 0 {
		close(a.done)
	}
	for l := range a.left {
		_ = l.send(framePubSub, encodeWant(pubWant, t.own, a.number), false) // linkDown follows an error
	}
}

// settle records what the peers know.
func (t *talk) settle(asks []*asking) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range asks {
		i := slices.Index(t.asks, a)
		if i < 0 {
			continue
		}
		t.asks = slices.Delete(t.asks, i, i+1)
	}
	know := t.own
	for _, a := range t.asks {
		know &^= a.want
	}
	t.settled.Store(uint32(know))
}

// mute takes interest back, unless still reports that somebody listens after all.
func (t *talk) mute(what Interest, still func() bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.asks) > 0 || t.own&what == 0 {
		return
	}
	// From here on subscribers wait for listen, which waits for us.
	t.settled.And(^uint32(what))
	if still() {
		t.settled.Or(uint32(t.own & what))
		return
	}
	t.own &^= what
	for l := range t.links {
		if l.talk.told != t.own {
			l.talk.told = t.own
			_ = l.send(framePubSub, encodeWant(pubWant, t.own, 0), false) // linkDown follows an error
		}
	}
}

// Listening is the interest that all reachable nodes know of.
func (n *Node) Listening() Interest { return Interest(n.d.talk.settled.Load()) }

// Listen tells the other nodes which messages this one wants, and returns when all that are reachable know: what they
// publish from then on comes. It waits a second at most.
func (n *Node) Listen(want Interest) { n.d.talk.listen(want) }

// Mute tells the other nodes that this one has no subscribers of a kind. still is asked in between, after Listening has
// ceased to show the interest: if it reports true, nothing changes.
func (n *Node) Mute(what Interest, still func() bool) { n.d.talk.mute(what, still) }
