package gossip

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkConverge measures from the first of n-1 MEETs sent at once until all n primaries are ok and know each other.
func BenchmarkConverge(b *testing.B) {
	for _, n := range []int{3, 6, 20} {
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				nodes := make([]*testNode, n)
				for i := range nodes {
					nodes[i] = startNode(b, fmt.Sprint(i), quiet)
					nodes[i].own(i*16384/n, (i+1)*16384/n-1)
				}
				b.StartTimer()
				for _, node := range nodes[1:] {
					node.meet(nodes[0])
				}
				allOK(b, nodes)
				b.StopTimer()
				for _, node := range nodes {
					node.Close()
				}
				b.StartTimer()
			}
		})
	}
}

func quiet(c *Config) {
	c.Log = discard{}
	c.Cluster.NodeTimeout = 15 * time.Second
}

// BenchmarkIdle reports what a node costs that has nothing to do: processor time and bytes sent, per second, and live memory.
func BenchmarkIdle(b *testing.B) {
	for _, n := range []int{3, 6, 20} {
		for _, timeout := range []time.Duration{15 * time.Second, time.Second} {
			b.Run(fmt.Sprintf("nodes=%d/timeout=%s", n, timeout), func(b *testing.B) { measureIdle(b, n, timeout) })
		}
	}
}

func measureIdle(b *testing.B, n int, timeout time.Duration) {
	heap0, rss0 := liveMemory()
	nodes := startCluster(b, n, quiet, func(c *Config) { c.Cluster.NodeTimeout = timeout })
	time.Sleep(3 * time.Second) // memberlists meet
	sent := func() (total float64) {
		for _, node := range nodes {
			total += float64(node.Stats().BytesSent)
		}
		return total
	}
	cpu0, sent0, start := processorTime(), sent(), time.Now()
	for b.Loop() {
		time.Sleep(time.Second)
	}
	took := time.Since(start).Seconds() * float64(n)
	b.ReportMetric((processorTime()-cpu0)/took*1e6, "cpu-us/s")
	b.ReportMetric((sent()-sent0)/took, "bytes/s")
	heap1, rss1 := liveMemory()
	b.ReportMetric((heap1-heap0)/float64(n)/1024, "KiB-live")
	b.ReportMetric((rss1-rss0)/float64(n)/1024, "KiB-rss")
	b.ReportMetric(float64(runtime.NumGoroutine())/float64(n), "goroutines")
	runtime.KeepAlive(nodes)
}

func processorTime() float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// liveMemory is what the process needs: heap and stacks in use, and resident bytes after unused ones went back.
func liveMemory() (live, rss float64) {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	text, _ := os.ReadFile("/proc/self/status") // not there: rss stays 0
	for line := range strings.Lines(string(text)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &rss); err == nil {
			rss *= 1024
			break
		}
	}
	return float64(m.HeapInuse + m.StackInuse), rss
}
