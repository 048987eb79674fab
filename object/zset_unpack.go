package object

// Unpack makes a packed sorted set a big one, for good, as Redis does with one
// that is sorted.
func (z *ZSet) Unpack() error {
	if z.big() {
		return nil
	}
	return z.toTrees()
}
