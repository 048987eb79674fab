package daemon

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

// The title of a process is what ps shows: the memory that held the arguments
// at the start. A longer title goes on over the environment behind them, and the
// kernel reads it up to its NUL when the NUL after the last argument is gone
// (get_mm_cmdline in Linux' fs/proc/base.c). The Go runtime has copies of the
// environment, but its arguments lie there: see OwnArgs.

var title struct {
	mu   sync.Mutex
	area []byte // guarded by mu; nil: not known
	args int    // length of the arguments in it
}

var errNoTitle = errors.New("the memory of the arguments is not known")

// SetTitle changes what ps shows of the process. A title that is too long is
// cut.
func SetTitle(text string) error {
	title.mu.Lock()
	defer title.mu.Unlock()
	if title.area == nil {
		return errNoTitle
	}
	n := copy(title.area[:len(title.area)-1], text)
	clear(title.area[n:])
	if n >= title.args { // see above
		return nil
	}
	title.area[title.args-1] = 0
	return nil
}

// OwnArgs copies os.Args out of the memory that SetTitle writes to, and makes
// SetTitle possible. It is called before anybody keeps an argument.
func OwnArgs() {
	for i, a := range os.Args {
		os.Args[i] = strings.Clone(a)
	}
	title.mu.Lock()
	defer title.mu.Unlock()
	findTitle()
}

// findTitle reads where the kernel put arguments and environment.
func findTitle() {
	b, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return
	}
	// Fields 48 to 51, counted from 1; the second, a name in brackets, may
	// have blanks.
	_, rest, ok := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	const argStart = 48 - 3
	if !ok || len(fields) <= argStart+3 {
		return
	}
	var at [4]uintptr // start and end of the arguments, of the environment
	for i := range at {
		n, err := strconv.ParseUint(fields[argStart+i], 10, 64)
		if err != nil {
			return
		}
		at[i] = uintptr(n)
	}
	if at[0] == 0 || at[1] <= at[0] {
		return
	}
	end := at[1]
	if at[2] == at[1] && at[3] > at[2] {
		end = at[3]
	}
	title.area = unsafe.Slice((*byte)(address(at[0])), int(end-at[0]))
	title.args = int(at[1] - at[0])
}

// address is the memory at a place that the kernel told. The stack of the
// process is not Go's, so the collector has no part in it.
func address(at uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }
