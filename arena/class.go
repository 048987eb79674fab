package arena

// Size classes: steps of 8 bytes up to 512, then 16 steps per doubling up to
// maxSmall, so that at most 1/16 of a block is lost to rounding.
const (
	pageBytes  = 64 << 10
	unit       = 8
	maxSmall   = 16 << 10
	fineSteps  = 512 / unit
	perDouble  = 16
	numClasses = fineSteps + 5*perDouble // 512 doubles five times to 16 KiB
	largeClass = numClasses              // of a page table entry that is one large block
)

var (
	classSize   [numClasses]int32
	classBlocks [numClasses]int32        // per page
	sizeToClass [maxSmall/unit + 1]uint8 // by size in units, rounded up
)

func init() {
	for i := range fineSteps {
		classSize[i] = int32(i+1) * unit
	}
	size, step := int32(512), int32(512/perDouble)
	for i := fineSteps; i < numClasses; i++ {
		size += step
		classSize[i] = size
		if size == step*2*perDouble {
			step *= 2
		}
	}
	class := 0
	for u := range sizeToClass {
		if int32(u)*unit > classSize[class] {
			class++
		}
		sizeToClass[u] = uint8(class)
	}
	for i, size := range classSize {
		classBlocks[i] = pageBytes / size
	}
}

func classOf(size int) uint8 { return sizeToClass[(size+unit-1)/unit] }

// BlockSize is the length of the block that holds size bytes.
func BlockSize(size int) int {
	if size <= maxSmall {
		return int(classSize[classOf(size)])
	}
	return granules(size) * granule
}

// SameBlock reports whether blocks of a and b bytes have the same length, so
// that one can serve as the other.
func SameBlock(a, b int) bool {
	if a <= maxSmall && b <= maxSmall {
		return classOf(a) == classOf(b)
	}
	return a > maxSmall && b > maxSmall && granules(a) == granules(b)
}
