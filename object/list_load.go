package object

// Packs reports whether a list of one node, a listpack of so many bytes and
// elements, is a packed value when it comes from a file.
func (lim ListLimits) Packs(size, n int) bool {
	if lim.Fill < 0 {
		return size <= fillBytes(lim.Fill)
	}
	return n <= max(lim.Fill, 1)
}
