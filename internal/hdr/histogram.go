package hdr

import "math/bits"

const (
	octaveBits = 7
	perOctave  = 1 << octaveBits
	octaves    = 24

	// Min and Max are the values, in nanoseconds, that smaller and greater ones
	// are counted as.
	Min = 1
	Max = 1_000_000_000
)

// Histogram counts values. Its zero value is empty and ready.
type Histogram struct {
	total   uint64
	octaves [octaves]*[perOctave]uint64 // nil: nothing fell into it
}

// place is where a value is counted.
func place(v int64) (octave, bucket int) {
	v = min(max(v, Min), Max)
	shift := bits.Len64(uint64(v)|(2*perOctave-1)) - octaveBits - 1
	i := int(v >> shift)
	return shift + i>>octaveBits, i & (perOctave - 1)
}

// highest is the greatest value that is counted in a bucket.
func highest(octave, bucket int) int64 {
	if octave == 0 {
		return int64(bucket)
	}
	return int64(perOctave+bucket+1)<<(octave-1) - 1
}

// Record counts a value n times. It allocates once per octave.
func (h *Histogram) Record(v int64, n uint64) {
	octave, bucket := place(v)
	counts := h.octaves[octave]
	if counts == nil {
		counts = new([perOctave]uint64)
		h.octaves[octave] = counts
	}
	counts[bucket] += n
	h.total += n
}

// Total is how many values were counted.
func (h *Histogram) Total() uint64 { return h.total }

// Add counts everything that o has counted.
func (h *Histogram) Add(o *Histogram) {
	for i, counts := range o.octaves {
		if counts == nil {
			continue
		}
		if h.octaves[i] == nil {
			h.octaves[i] = new([perOctave]uint64)
		}
		for j, n := range counts {
			h.octaves[i][j] += n
		}
	}
	h.total += o.total
}

// each visits the buckets of the octaves that have counters, in order, until
// visit reports false.
func (h *Histogram) each(visit func(octave, bucket int, n uint64) bool) {
	for i, counts := range h.octaves {
		if counts == nil {
			continue
		}
		for j, n := range counts {
			if n > 0 && !visit(i, j, n) {
				return
			}
		}
	}
}

// Percentile is the smallest value that p percent of all values do not exceed,
// rounded up to the end of its bucket (for p = 0, down to its start); 0 for an
// empty histogram.
func (h *Histogram) Percentile(p float64) (value int64) {
	wanted := max(uint64(min(max(p, 0), 100)/100*float64(h.total)+0.5), 1)
	sum := uint64(0)
	h.each(func(octave, bucket int, n uint64) bool {
		sum += n
		if value = highest(octave, bucket); p <= 0 {
			value -= width(octave) - 1
		}
		return sum < wanted
	})
	return value
}

// Step is a point of a cumulative distribution.
type Step struct {
	Value int64  // ns
	Count uint64 // values up to it
}

const (
	firstEdge = 1024
	lastEdge  = 1<<30 - 1 // the end of the last bucket
)

// Cumulative lists how many values there are up to 1024 ns, 2048 ns and so on,
// each edge rounded up to the end of its bucket; those at which nothing is added
// are left out. The last step counts all values.
func (h *Histogram) Cumulative() (steps []Step) {
	sum, before := uint64(0), uint64(0)
	power, edge := int64(firstEdge), edgeAt(firstEdge)
	step := func() {
		if sum > before {
			steps = append(steps, Step{edge, sum})
			before = sum
		}
		power *= 2
		edge = edgeAt(power)
	}
	h.each(func(octave, bucket int, n uint64) bool {
		for highest(octave, bucket) > edge {
			step()
		}
		sum += n
		return true
	})
	step()
	return steps
}

// edgeAt is the end of the bucket that a power of two is the start of.
func edgeAt(power int64) int64 {
	octave := bits.Len64(uint64(power)) - octaveBits
	return min(highest(octave, 0), lastEdge)
}

// width is how many values share a bucket.
func width(octave int) int64 { return 1 << max(octave-1, 0) }

// Reset empties the histogram and keeps its counters' memory.
func (h *Histogram) Reset() {
	for _, counts := range h.octaves {
		if counts != nil {
			clear(counts[:])
		}
	}
	h.total = 0
}
