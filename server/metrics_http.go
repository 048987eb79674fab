package server

import (
	"io"
	"log"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"clusternode/metrics"
)

// metricsPage serves the figures over HTTP on metrics-port: /metrics for
// Prometheus, /healthz for those who ask whether the node serves. A request
// asks loops by letters, as INFO does; it never enters the keyspace, so it
// holds up no gate.
type metricsPage struct {
	handler http.Handler // constant

	mu sync.Mutex
	// guarded by mu
	listeners []*listener
	server    *http.Server // of the listeners; nil: they are not served

	running sync.RWMutex // read-held by requests
	over    bool         // guarded by running: the node ends
}

// Limits of the HTTP side: it shall cost next to nothing, whoever connects.
const (
	metricsConns   = 8 // per listener; their descriptors are among the reserved ones
	metricsHeader  = 8 << 10
	metricsTimeout = 10 * time.Second // to send a request, or to read the answer
	metricsIdle    = 3 * time.Minute  // between scrapes on one connection
)

// openMetrics opens the sockets of the page and follows CONFIG SET; Start
// serves them.
func (s *Server) openMetrics() error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler(figures, s.look))
	mux.HandleFunc("GET /healthz", s.serveHealth)
	s.page.handler = s.page.counted(s.welcomed(mux))
	s.cfg.HookAll(s.moveMetrics, "metrics-port", "metrics-bind", "bind")
	return s.moveMetrics()
}

// moveMetrics closes the page's sockets and opens those that the configuration
// asks for now; if that fails, Config calls again with the old values. It does
// not wait for requests that are under way: they may wait for the caller.
func (s *Server) moveMetrics() error {
	p := &s.page
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closeLocked()
	port, addresses := int(s.cfg.Int("metrics-port")), s.cfg.Strings("metrics-bind")
	if port == 0 {
		return nil
	}
	if len(addresses) == 0 {
		addresses = s.cfg.Strings("bind")
	}
	lns, err := s.bindAll(addresses, port)
	if err != nil {
		return phrase("Unable to listen on metrics-port %d. Check server logs.", port)
	}
	p.listeners = lns
	if s.life.started.Load() {
		s.servePageLocked()
	}
	return nil
}

// serveMetrics serves what openMetrics has opened: from now on the loops
// answer letters.
func (s *Server) serveMetrics() {
	s.page.mu.Lock()
	defer s.page.mu.Unlock()
	if s.page.server == nil {
		s.servePageLocked()
	}
}

func (s *Server) servePageLocked() {
	srv := &http.Server{
		Handler: s.page.handler, MaxHeaderBytes: metricsHeader, ReadTimeout: metricsTimeout,
		WriteTimeout: metricsTimeout, IdleTimeout: metricsIdle, ErrorLog: log.New(pageLog{s}, "", 0),
	}
	s.page.server = srv
	for _, ln := range s.page.listeners {
		s.tasks.Go(func() { _ = srv.Serve(netutil.LimitListener(ln, metricsConns)) }) // until it is closed
	}
}

// closeLocked closes all sockets of the page.
func (p *metricsPage) closeLocked() {
	if p.server != nil {
		_ = p.server.Close() // they are gone, whatever it says
		p.server = nil
	}
	for _, ln := range p.listeners {
		ln.Close()
	}
	p.listeners = nil
}

// closeMetrics ends the page and waits for the requests under way. Loops and
// keyspace still work.
func (s *Server) closeMetrics() {
	p := &s.page
	p.mu.Lock()
	p.closeLocked()
	p.mu.Unlock()
	p.running.Lock()
	p.over = true
	p.running.Unlock()
}

// counted lets requests in until the node ends.
func (p *metricsPage) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		p.running.RLock()
		defer p.running.RUnlock()
		if p.over {
			http.Error(w, "the node ends", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// welcomed turns strangers away as protected mode does for clients, unless the
// operator has said by metrics-bind where the page is to be seen.
func (s *Server) welcomed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		peer, err := netip.ParseAddrPort(req.RemoteAddr)
		local := err == nil && peer.Addr().Unmap().IsLoopback()
		if !local && s.lim.protected.True() && !s.PasswordRequired() && len(s.cfg.Strings("metrics-bind")) == 0 {
			http.Error(w, "protected mode: set metrics-bind, a password, or protected-mode no", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// serveHealth answers 200 while the node serves its part, else 503 and why not.
func (s *Server) serveHealth(w http.ResponseWriter, _ *http.Request) {
	if why := s.ailment(); why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ok\n") // to whoever is still there
}

// ailment says why the node does not serve, "" if it does.
func (s *Server) ailment() string {
	switch {
	case s.bus == nil:
		return ""
	case !s.bus.node.View().OK():
		return "cluster_state:fail"
	case s.bus.stuck():
		return "an event loop makes no progress"
	}
	return ""
}

// pageLog brings what package http has to say into the node's log.
type pageLog struct{ s *Server }

func (l pageLog) Write(b []byte) (int, error) {
	l.s.log.Verbose("metrics-port: %s", strings.TrimSpace(string(b)))
	return len(b), nil
}
