package load

import (
	"math/bits"
	"time"
)

// Hist counts durations in buckets of at most 1/32 of their size: 32 buckets per power of two, nanoseconds up to an hour.
type Hist struct {
	counts [bucketCount]uint64
	total  uint64
	max    time.Duration
}

const (
	subBits     = 5
	bucketCount = (43 - subBits) << subBits
)

// Add counts a duration n times.
func (h *Hist) Add(d time.Duration, n int) {
	h.counts[bucket(d)] += uint64(n)
	h.total += uint64(n)
	h.max = max(h.max, d)
}

// bucket returns the index of the duration: values below 32 have one each, above them the five bits after the highest one
// tell the bucket.
func bucket(d time.Duration) int {
	v := uint64(max(d, 0))
	if v < 1<<subBits {
		return int(v)
	}
	shift := bits.Len64(v) - subBits - 1
	return min(shift<<subBits+int(v>>shift), bucketCount-1)
}

// upper returns the largest duration of the bucket.
func upper(i int) time.Duration {
	if i < 1<<subBits {
		return time.Duration(i)
	}
	shift := i>>subBits - 1
	low := uint64(i-shift<<subBits) << shift
	return time.Duration(low + 1<<shift - 1)
}

// Quantile returns a duration that the fraction q of all counted ones does not exceed, 0 when nothing was counted.
func (h *Hist) Quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	want := uint64(q * float64(h.total))
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen > want {
			return min(upper(i), h.max)
		}
	}
	return h.max
}

// Count is how many durations were counted.
func (h *Hist) Count() uint64 { return h.total }

// Max is the longest.
func (h *Hist) Max() time.Duration { return h.max }
