// Package hdr counts durations in a high dynamic range histogram: every value
// from a nanosecond to a second is counted with a relative error below 1 %,
// in the buckets that Redis has, so that percentiles and distributions have the
// edges that monitoring tools know.
//
// The layout is that of Gil Tene's HdrHistogram with two significant digits:
// octave 0 counts the values 0 ... 127 one by one, and octave o those of one
// power of two, 128 << (o-1) up to twice that, in 128 buckets of equal width.
//
//	octave   0        1          2          3           ...  23
//	values   0..127   128..255   256..511   512..1023        2^29..2^30-1
//	width    1        1          2          4                2^22
//
// A histogram has the counters of an octave only once something falls into it
// (a kilobyte each): a command whose durations are within a factor of eight
// costs four kilobytes instead of twenty-four. It has no locks: its owner
// counts, and gives others copies by Add.
package hdr
