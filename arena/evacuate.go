package arena

import "unsafe"

// Evacuation empties sparse pages. It has three steps:
//
//   - BeginEvacuation picks the pages whose blocks fit into the gaps of the
//     others of their class; no new block is put into them.
//   - The owner walks over its references and calls Move for those that
//     Leaving reports. A page that is empty goes to the pool at once.
//   - EndEvacuation takes up again the pages that did not get empty.
//
// The three, and Leaving, belong to one goroutine, the evacuator. Blocks are
// allocated and freed meanwhile as always.

// BeginEvacuation picks the pages to empty and returns how many bytes of pages
// that will free, 0 if it is not worth the trouble: less than minFree, or less
// than one in sixteen of the arena's bytes.
func (a *Arena) BeginEvacuation(minFree int64) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var gain int64
	for c := range a.classes {
		cl := &a.classes[c]
		spare := cl.pages - (cl.live+classBlocks[c]-1)/classBlocks[c]
		if spare > 0 {
			gain += int64(spare) * pageBytes
		}
	}
	if gain < minFree || gain < a.held/16 {
		return 0
	}
	a.leaving = make([]uint64, (len(a.pages)+63)/64)
	gain = 0
	for c := range a.classes {
		gain += int64(a.pickPages(uint8(c))) * pageBytes
	}
	if gain == 0 {
		a.leaving = nil
	}
	return gain
}

// A round looks at no more than maxPick pages of a class, so that the lock is
// held for a fraction of a millisecond; they are sorted by how full they are
// into occupancies parts.
const (
	maxPick     = 8192
	occupancies = 40
	sparse      = occupancies * 4 / 5 // fuller pages are not worth moving
)

// pickPages marks the sparsest pages of a class, as long as their blocks fit
// into the gaps of the rest.
func (a *Arena) pickPages(c uint8) (n int) {
	cl, full := &a.classes[c], classBlocks[c]
	if cl.pages < 2 || cl.pages <= (cl.live+full-1)/full {
		return 0
	}
	var byOccupancy [sparse][]uint32
	gaps, looked := int32(0), 0
	for i := cl.room; i != 0 && looked < maxPick; i = a.pages[i].next {
		live := int32(a.pages[i].live)
		gaps += full - live
		looked++
		if o := live * occupancies / full; o < sparse {
			byOccupancy[o] = append(byOccupancy[o], i)
		}
	}
	for _, some := range byOccupancy {
		for _, i := range some {
			gaps -= full // its own gaps go, and its blocks fill others
			if gaps < 0 {
				return n
			}
			a.unlink(cl, i)
			a.pages[i].evac = true
			a.leaving[i/64] |= 1 << (i % 64)
			n++
		}
	}
	return n
}

// Evacuating reports whether pages were picked and EndEvacuation has not come.
func (a *Arena) Evacuating() bool { return a.leaving != nil }

// Leaving reports whether the block ought to be moved. It takes no lock.
func (a *Arena) Leaving(r Ref) bool {
	i := uint32(r >> unitBits)
	return int(i/64) < len(a.leaving) && a.leaving[i/64]>>(i%64)&1 != 0
}

// Move copies a block that is leaving elsewhere and frees it; the owner
// replaces every r by the new reference before anybody else looks. It reports
// false if there is no need, or no gap left: the block stays.
func (a *Arena) Move(r Ref) (Ref, unsafe.Pointer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	pg := &a.pages[r>>unitBits]
	if !pg.evac || a.classes[pg.class].room == 0 {
		return r, nil, false
	}
	size := int(classSize[pg.class])
	to, p := a.take(pg.class)
	copy(unsafe.Slice((*byte)(p), size), unsafe.Slice((*byte)(a.At(r)), size))
	a.give(r)
	return to, p, true
}

// EndEvacuation ends what BeginEvacuation began.
func (a *Arena) EndEvacuation() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.pages {
		pg := &a.pages[i]
		if !pg.evac {
			continue
		}
		pg.evac = false
		if cl := &a.classes[pg.class]; int32(pg.live) < classBlocks[pg.class] {
			a.link(cl, uint32(i))
		}
	}
	a.leaving = nil
}
