//go:build !linux

package server

import "errors"

// haveLoops: event loops exist on Linux only; elsewhere every connection has a
// goroutine.
const haveLoops = false

// readChunk is the size of one read, in bytes.
const readChunk = 64 << 10

// loop stands in for the type that Linux has. There is never one.
type loop struct {
	exited chan struct{}
	mail   bool
	books  clientBooks
}

func newLoop(*Server, int) (*loop, error) { return nil, errors.New("no event loops on this system") }

func (l *loop) listenOn(*listener) error { return nil }
func (l *loop) run()                     {}
func (l *loop) stop()                    {}
func (l *loop) post(letter)              {}
func (l *loop) leave(letter) bool        { return false }
func (l *loop) knock()                   {}
func (l *loop) each(func(*conn))         {}

func (l *loop) pushed(*conn, []byte) bool { return false }
func (l *loop) sendNow(*conn, []byte)     {}

func (l *loop) some(int, func(*conn)) {}

func (l *loop) slice(int, int, func(*conn)) int { return -1 }

func (l *loop) worker() *worker  { return nil }
func (l *loop) busySince() int64 { return 0 }
