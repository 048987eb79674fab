// Package glob matches names against the patterns of KEYS, SCAN and CONFIG GET.
//
//	h?llo       one byte
//	h*llo       any bytes, also none
//	h[ae]llo    one of a set; ranges [a-c], negation [^a]
//	h\?llo      the next byte as it is
//
// A set that is not closed ends with the pattern; an empty set matches
// nothing. Bytes are compared, not characters. Matching takes
// O(len(pattern) * len(s)) steps at worst and allocates nothing.
package glob
