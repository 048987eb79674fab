package server

import (
	"net/http/httptest"
	"testing"
)

// BenchmarkInfo is what one look costs, without the way of the request.
func BenchmarkInfo(b *testing.B) {
	n := startNode(b, false)
	c := n.dial()
	for _, cmd := range []string{"SET", "GET", "DEL", "INCR", "EXISTS"} {
		c.do(cmd, "a", "1")
	}
	for _, sections := range [][]string{{"server"}, {"clients"}, {"memory"}, {"stats"}, {"cpu"}, {"keyspace"}, {"everything"}} {
		b.Run(sections[0], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				figures.Info(nil, n.s.look(), sections...)
			}
		})
	}
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			req := httptest.NewRequest("GET", "/metrics", nil)
			req.RemoteAddr = "127.0.0.1:1"
			n.s.page.handler.ServeHTTP(httptest.NewRecorder(), req)
		}
	})
}
