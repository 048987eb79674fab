package gossip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/cluster"
)

const (
	// inboxSize bounds what waits for the driver. Readers of links wait for room, so a flood on one link holds up that link.
	inboxSize = 128
	// batchSize bounds the calls of the machine between two executions of Ready, which saves disk syncs.
	batchSize = 64
	// stateEvery bounds how often the state for push/pull is built.
	stateEvery = 500 * time.Millisecond
	// saveRetry is the pause after nodes.conf could not be written.
	saveRetry = time.Second
	// twinLogEvery keeps a twin loud without flooding the log.
	twinLogEvery = 10 * time.Second
)

// driver owns the machine: one goroutine calls it and executes what it asks for.
type driver struct {
	// Constant.
	log     logger
	stats   *linkStats
	mesh    *mesh
	store   *store
	busPort int
	talk    *talk
	inbox   chan func()
	ctx     context.Context
	cancel  context.CancelFunc
	loop    sync.WaitGroup
	once    sync.Once

	view    atomic.Pointer[cluster.View]
	carrier atomic.Pointer[members] // the current memberlist

	lastTwinLog atomic.Int64 // clock of the last log line about a twin

	// Owned by the driver goroutine.
	cfg       Config
	machine   *cluster.Machine
	self      peerName
	peers     []cluster.Peer // as the machine named them last
	waiting   []waiter
	unwritten *cluster.Save // a save that is not urgent, written at the next tick
	retrySave time.Duration // when a failed save is repeated; 0: none failed
	stale     bool          // the state for push/pull is older than what the machine knows
	nextState time.Duration
	ticker    *time.Ticker
	tickEvery time.Duration
}

// waiter is an admin call whose effects are being executed.
type waiter struct {
	done chan error
	err  error
}

func newDriver(cfg Config, log logger, st *store, saved *cluster.Saved, secret []byte) (*driver, error) {
	source, err := sourceAddr(cfg.SourceAddr)
	if err != nil {
		return nil, err
	}
	now := clock()
	cfg.Cluster.Wall = time.Now().UnixMilli() - now.Milliseconds()
	d := &driver{
		log: log, stats: new(linkStats), store: st, busPort: cfg.Cluster.BusPort,
		inbox: make(chan func(), inboxSize), cfg: cfg,
		machine: cluster.New(cfg.Cluster, saved, now, rand.Uint64()),
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.self = d.name()
	d.mesh = newMesh(identity{self: d.self, secret: secret}, source, log, d.stats, d)
	d.talk = newTalk(d.mesh, cfg.Message)
	d.mesh.sendLimit.Store(cfg.SendLimit)
	d.mesh.setDeadAfter(cfg.Cluster.NodeTimeout)
	err = d.renew()
	if err == nil {
		// The life that begins is on disk before anybody hears of it.
		err = d.execute()
	}
	if err != nil {
		d.cancel()
		d.mesh.close()
		if list := d.carrier.Load(); list != nil {
			list.close()
		}
		return nil, err
	}
	return d, nil
}

func (d *driver) name() peerName {
	b := d.machine.Boot()
	return peerName{id: d.machine.ID(), boot: bootID{counter: b.Counter, nonce: b.Nonce}}
}

// renew starts a memberlist under the current name, in place of the one before.
func (d *driver) renew() error {
	next, err := newMembers(d.mesh, d.self, d)
	if err != nil {
		return err
	}
	if old := d.carrier.Swap(next); old != nil {
		old.close()
	}
	d.stale, d.nextState = true, 0
	return nil
}

func (d *driver) start(listeners []net.Listener) {
	for _, ln := range listeners {
		d.mesh.listen(ln)
	}
	d.tickEvery = d.machine.TickEvery()
	d.ticker = time.NewTicker(d.tickEvery)
	d.loop.Go(d.run)
}

func (d *driver) close() {
	d.once.Do(func() {
		d.cancel()
		d.loop.Wait()
		d.mesh.close()
		d.carrier.Load().close()
		d.store.close()
	})
}

func (d *driver) run() {
	defer d.ticker.Stop()
	for {
		select {
		case f := <-d.inbox:
			f()
			d.drain()
		case <-d.ticker.C:
			d.tick(clock())
		case <-d.ctx.Done():
			d.writeLate()
			return
		}
		err := d.execute()
		for _, w := range d.waiting {
			if w.err == nil {
				w.err = err
			}
			w.done <- w.err
		}
		clear(d.waiting)
		d.waiting = d.waiting[:0]
	}
}

// drain runs what else is in the inbox.
func (d *driver) drain() {
	for range batchSize {
		select {
		case f := <-d.inbox:
			f()
		default:
			return
		}
	}
}

func (d *driver) tick(now time.Duration) {
	d.machine.Tick(now)
	if d.retrySave != 0 && now >= d.retrySave {
		d.machine.RequestSave()
	}
	if d.retrySave == 0 {
		d.writeLate()
	}
	if d.stale && now >= d.nextState {
		d.stale, d.nextState = false, now+stateEvery
		d.carrier.Load().setState(d.machine.State())
	}
}

// do is Node.Do.
func (d *driver) do(f func(m *cluster.Machine, now time.Duration) error) error {
	done := make(chan error, 1)
	ok := d.post(func() { d.waiting = append(d.waiting, waiter{done, f(d.machine, clock())}) })
	if !ok {
		return ErrClosed
	}
	select {
	case err := <-done:
		return err
	case <-d.ctx.Done():
		return ErrClosed
	}
}

// post hands f to the driver goroutine, waiting for room; false when the node is closed.
func (d *driver) post(f func()) bool {
	select {
	case d.inbox <- f:
		return true
	case <-d.ctx.Done():
		return false
	}
}

// offer is post for those who must not wait.
func (d *driver) offer(f func()) {
	select {
	case d.inbox <- f:
	default:
		d.stats.droppedLate.Add(1)
	}
}

func (d *driver) configure(c cluster.Config, now time.Duration) {
	c.BusPort, c.Wall = d.busPort, d.cfg.Cluster.Wall
	d.cfg.Cluster = c
	d.mesh.setDeadAfter(c.NodeTimeout)
	d.machine.Configure(now, c)
	if every := d.machine.TickEvery(); every != d.tickEvery {
		d.tickEvery = every
		d.ticker.Reset(every)
	}
}

func (d *driver) stuck() bool { return d.cfg.Stuck != nil && d.cfg.Stuck() }

func (d *driver) links() []cluster.LinkInfo {
	all := d.mesh.allLinks()
	infos := make([]cluster.LinkInfo, 0, len(all))
	for _, l := range all {
		allocated, used := l.buffered()
		info := cluster.LinkInfo{
			Outbound: l.outbound, Node: l.peer.id, CreateTime: l.created.UnixMilli(), Events: "r",
			SendBufAllocated: allocated, SendBufUsed: used,
		}
		if used > 0 {
			info.Events = "rw"
		}
		infos = append(infos, info)
	}
	slices.SortFunc(infos, func(a, b cluster.LinkInfo) int { return strings.Compare(a.Node, b.Node) })
	return infos
}

// sourceAddr is the local end of outgoing connections; "" leaves it to the system.
func sourceAddr(ip string) (*net.TCPAddr, error) {
	if ip == "" {
		return nil, nil
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return nil, fmt.Errorf("bind-source-addr: %w", err)
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)), nil
}

// address is where the machine says that a node is, "" if it does not know.
func address(a cluster.Address) string {
	if a.Host == "" || a.Port == 0 {
		return ""
	}
	return net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
}
