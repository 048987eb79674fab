package testserver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

const (
	// Ports are taken from [minPort, maxPort), so that the bus port 10000 above still lies below 32768, where Linux starts
	// to hand out ephemeral ports.
	minPort   = 10000
	maxPort   = 22000
	busOffset = 10000
)

var ports struct {
	sync.Mutex
	given map[int]bool // every port this process was given, never given again: a server may restart on its own
}

// FreePort returns a port of 127.0.0.1 that nobody listens on, with its bus port free too.
func FreePort() (int, error) { return FreePorts(1) }

// FreePorts returns the first of n ports in a row.
func FreePorts(n int) (int, error) {
	ports.Lock()
	defer ports.Unlock()
	if ports.given == nil {
		ports.given = make(map[int]bool)
	}
	for range 1000 {
		first := minPort + rand.IntN(maxPort-minPort-n)
		free := true
		for port := first; port < first+n; port++ {
			free = free && !ports.given[port] && listens(port) && listens(port+busOffset)
		}
		if !free {
			continue
		}
		for port := first; port < first+n; port++ {
			ports.given[port] = true
		}
		return first, nil
	}
	return 0, errors.New("no free port found")
}

// listens says whether this process could listen on the port.
func listens(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	l.Close()
	return true
}
