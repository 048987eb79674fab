package arena

import "unsafe"

// zone is a piece of reserved address space.
type zone struct {
	base         unsafe.Pointer
	size, opened int // bytes
}

// zoneSizes are tried in turn: less may be had where address space is limited.
var zoneSizes = [...]int{maxZone, maxZone / 4, maxZone / 16, chunkBytes}

// zoneWithRoom is a zone that has a chunk left to open.
func (p *Pool) zoneWithRoom() *zone {
	if n := len(p.zones); n > 0 {
		if z := &p.zones[n-1]; z.opened+chunkBytes <= z.size {
			return z
		}
	}
	for _, size := range zoneSizes {
		size = max(size, chunkBytes)
		base, err := reserve(size)
		if err != nil {
			continue
		}
		p.zones = append(p.zones, zone{base: base, size: size})
		p.stats.Reserved += int64(size)
		return &p.zones[len(p.zones)-1]
	}
	return nil
}
