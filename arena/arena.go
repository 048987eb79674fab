package arena

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// Ref names a block of one arena; 0 is none. It is the index of the block's
// page and, in units of 8 bytes, its place in that.
type Ref uint32

const (
	unitBits = 13 // 64 KiB / 8
	unitMask = 1<<unitBits - 1
	maxPages = 1 << (32 - unitBits)
)

// Kind is what a block is accounted as.
type Kind uint8

// The kinds of blocks.
const (
	Entry Kind = iota // a key with its value
	Table             // what finds entries
	numKinds
)

// Arena hands out blocks.
type Arena struct {
	// table has the address of every page by its index. It is replaced when it
	// grows; who holds a live reference finds its page in the old one too.
	table unsafe.Pointer // *[n]unsafe.Pointer, atomic

	pool *Pool // constant

	mu      sync.Mutex
	pages   []page           // by index; 0 is none
	chunks  []*chunk         // by index: what the page is a run of
	addrs   []unsafe.Pointer // what table points to
	idle    uint32           // head of the list of free indices, through page.next
	classes [numClasses]class
	held    int64           // bytes of pages and large blocks, atomic
	used    [numKinds]int64 // bytes of live blocks, atomic
	summed  bool            // they are part of pool.sum
	retired bool            // they never are again

	// Evacuation; see evacuate.go.
	leaving []uint64
}

// page is the book of one page, or of a large block.
type page struct {
	class uint8  // largeClass: a large block
	evac  bool   // its blocks are moving out
	live  uint16 // blocks
	free  uint16 // first of the freed blocks, in units, linked by their first two bytes
	bump  uint16 // where the part that was never used begins, in units
	next  uint32 // in the class's list of pages with room, or the free indices; a large block's granules
	prev  uint32
}

const noBlock = 1<<16 - 1

// class is the pages of one size.
type class struct {
	room  uint32 // head of the list of pages with room; the first one is in use
	pages int32
	live  int32 // blocks
}

// New makes an empty arena.
func New(pool *Pool) *Arena { return &Arena{pool: pool, summed: pool.Summing()} }

// At is the address of a block. It needs no lock.
func (a *Arena) At(r Ref) unsafe.Pointer {
	t := atomic.LoadPointer(&a.table)
	p := *(*unsafe.Pointer)(unsafe.Add(t, uintptr(r>>unitBits)*unsafe.Sizeof(t)))
	return unsafe.Add(p, uintptr(r&unitMask)*unit)
}

// Alloc makes a block of size bytes or more (see BlockSize), 8-byte aligned,
// 64-byte aligned if the size is a multiple of 64 up to 2 KiB or of 1 KiB. Its
// content is undefined; see Zeroed.
func (a *Arena) Alloc(size int, kind Kind) (Ref, unsafe.Pointer, error) {
	if size > maxSmall {
		return a.allocLarge(size, kind)
	}
	c := classOf(size)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.classes[c].room == 0 {
		if err := a.addPage(c); err != nil {
			return 0, nil, err
		}
	}
	r, p := a.take(c)
	a.count(kind, int64(classSize[c]))
	return r, p, nil
}

// add changes a counter that only the arena's lock holder writes.
func (a *Arena) add(counter *int64, n int64) { atomic.StoreInt64(counter, *counter+n) }

// take takes a block from the first page with room, which there is.
func (a *Arena) take(c uint8) (Ref, unsafe.Pointer) {
	cl := &a.classes[c]
	i := cl.room
	pg := &a.pages[i]
	var at uint16
	var p unsafe.Pointer
	if pg.free != noBlock {
		at = pg.free
		p = unsafe.Add(a.addrs[i], uintptr(at)*unit)
		pg.free = *(*uint16)(p)
		if a.pool.poison {
			checkPoison(p, int(classSize[c]))
		}
	} else {
		at = pg.bump
		p = unsafe.Add(a.addrs[i], uintptr(at)*unit)
		pg.bump += uint16(classSize[c] / unit)
	}
	pg.live++
	cl.live++
	if int32(pg.live) == classBlocks[c] {
		a.unlink(cl, i)
	}
	return Ref(i<<unitBits | uint32(at)), p
}

// Free takes a block back and returns its length, bytes.
func (a *Arena) Free(r Ref, kind Kind) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := uint32(r >> unitBits)
	pg := &a.pages[i]
	if pg.class == largeClass {
		return a.freeLarge(i, kind)
	}
	n := int(classSize[pg.class])
	a.count(kind, -int64(n))
	a.give(r)
	return n
}

// give puts a block back into its page, and the page into the pool when that
// was its last.
func (a *Arena) give(r Ref) {
	i, at := uint32(r>>unitBits), uint16(r&unitMask)
	pg := &a.pages[i]
	c := pg.class
	cl := &a.classes[c]
	p := unsafe.Add(a.addrs[i], uintptr(at)*unit)
	if a.pool.poison {
		fillPoison(p, int(classSize[c]))
	}
	*(*uint16)(p) = pg.free
	pg.free = at
	full := int32(pg.live) == classBlocks[c]
	pg.live--
	cl.live--
	switch {
	case pg.live == 0:
		a.dropPage(cl, i, full)
	case full && !pg.evac:
		a.link(cl, i)
	}
}

// link puts a page in front of those with room.
func (a *Arena) link(cl *class, i uint32) {
	pg := &a.pages[i]
	pg.prev, pg.next = 0, cl.room
	if cl.room != 0 {
		a.pages[cl.room].prev = i
	}
	cl.room = i
}

func (a *Arena) unlink(cl *class, i uint32) {
	pg := &a.pages[i]
	if pg.prev != 0 {
		a.pages[pg.prev].next = pg.next
	} else {
		cl.room = pg.next
	}
	if pg.next != 0 {
		a.pages[pg.next].prev = pg.prev
	}
	pg.prev, pg.next = 0, 0
}

func (a *Arena) addPage(c uint8) error {
	i, err := a.index()
	if err != nil {
		return err
	}
	s, err := a.pool.page()
	if err != nil {
		a.dropIndex(i)
		return err
	}
	a.pages[i] = page{class: c, free: noBlock}
	a.addrs[i], a.chunks[i] = s.p, s.chunk
	a.add(&a.held, pageBytes)
	cl := &a.classes[c]
	cl.pages++
	a.link(cl, i)
	return nil
}

// dropPage gives an empty page back; full says that it has no room in the
// books, having had one block alone.
func (a *Arena) dropPage(cl *class, i uint32, full bool) {
	if !full && !a.pages[i].evac {
		a.unlink(cl, i)
	}
	cl.pages--
	a.pool.free(span{a.addrs[i], a.chunks[i]}, pageGrains)
	a.add(&a.held, -pageBytes)
	a.dropIndex(i)
}

// index finds a free place in the table, which grows if there is none.
func (a *Arena) index() (uint32, error) {
	if i := a.idle; i != 0 {
		a.idle = a.pages[i].next
		return i, nil
	}
	n := max(len(a.pages), 1)
	if n >= maxPages {
		return 0, ErrFull
	}
	if n >= len(a.addrs) {
		addrs := make([]unsafe.Pointer, max(16, 2*len(a.addrs)))
		copy(addrs, a.addrs)
		a.addrs = addrs
		atomic.StorePointer(&a.table, unsafe.Pointer(&addrs[0]))
	}
	for len(a.pages) <= n {
		a.pages = append(a.pages, page{})
		a.chunks = append(a.chunks, nil)
	}
	return uint32(n), nil
}

func (a *Arena) dropIndex(i uint32) {
	a.addrs[i], a.chunks[i] = nil, nil
	a.pages[i] = page{next: a.idle}
	a.idle = i
}

// Cap is the length of a block, bytes.
func (a *Arena) Cap(r Ref) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	pg := &a.pages[r>>unitBits]
	if pg.class == largeClass {
		return int(pg.next) * granule
	}
	return int(classSize[pg.class])
}
