package geo

import "math"

// Limits of the coordinates, degrees.
const (
	MaxLongitude = 180
	MaxLatitude  = 85.05112878

	MaxStep = 26
)

// Point is a place, in degrees.
type Point struct{ Lon, Lat float64 }

// Valid reports whether the point is within the limits.
func (p Point) Valid() bool {
	return p.Lon >= -MaxLongitude && p.Lon <= MaxLongitude && p.Lat >= -MaxLatitude && p.Lat <= MaxLatitude
}

// Hash is a cell of the grid. The zero Hash is none.
type Hash struct {
	Bits uint64
	Step uint
}

// Area is the rectangle of a hash, degrees.
type Area struct{ MinLon, MaxLon, MinLat, MaxLat float64 }

// Encode is the cell of a point.
func Encode(p Point, step uint) Hash { return encode(p, MaxLatitude, step) }

func encode(p Point, maxLat float64, step uint) Hash {
	lat := (p.Lat + maxLat) / (2 * maxLat)
	lon := (p.Lon + MaxLongitude) / (2 * MaxLongitude)
	scale := float64(uint64(1) << step)
	return Hash{spread(uint32(float64(lat*scale))) | spread(uint32(float64(lon*scale)))<<1, step}
}

// Score is the score of a point.
func Score(p Point) float64 { return float64(Encode(p, MaxStep).Bits) }

// spread puts zeros between the bits of x.
func spread(x uint32) uint64 {
	v := uint64(x)
	v = (v | v<<16) & 0x0000FFFF0000FFFF
	v = (v | v<<8) & 0x00FF00FF00FF00FF
	v = (v | v<<4) & 0x0F0F0F0F0F0F0F0F
	v = (v | v<<2) & 0x3333333333333333
	return (v | v<<1) & 0x5555555555555555
}

// gather undoes spread.
func gather(v uint64) uint32 {
	v &= 0x5555555555555555
	v = (v | v>>1) & 0x3333333333333333
	v = (v | v>>2) & 0x0F0F0F0F0F0F0F0F
	v = (v | v>>4) & 0x00FF00FF00FF00FF
	v = (v | v>>8) & 0x0000FFFF0000FFFF
	return uint32(v | v>>16)
}

// Area is the rectangle of the hash.
func (h Hash) Area() Area {
	scale := float64(uint64(1) << h.Step)
	lat, lon := float64(gather(h.Bits)), float64(gather(h.Bits>>1))
	return Area{
		MinLon: -MaxLongitude + float64(lon/scale*(2*MaxLongitude)), MaxLon: -MaxLongitude + float64((lon+1)/scale*(2*MaxLongitude)),
		MinLat: -MaxLatitude + float64(lat/scale*(2*MaxLatitude)), MaxLat: -MaxLatitude + float64((lat+1)/scale*(2*MaxLatitude)),
	}
}

// Decode is the point that a score stands for, the middle of its cell.
func Decode(score float64) Point {
	a := Hash{bitsOf(score), MaxStep}.Area()
	return Point{
		Lon: min(max((a.MinLon+a.MaxLon)/2, -MaxLongitude), MaxLongitude),
		Lat: min(max((a.MinLat+a.MaxLat)/2, -MaxLatitude), MaxLatitude),
	}
}

// bitsOf is the integer that C makes of a score on x86-64, also for those that
// are none: sorted sets hold more than places.
func bitsOf(score float64) uint64 {
	const half = 1 << 63
	top := uint64(0)
	if score >= half {
		score -= half
		top = half
	}
	if score >= -half && score < half {
		return uint64(int64(score)) ^ top
	}
	return half ^ top
}

const alphabet = "0123456789bcdefghjkmnpqrstuvwxyz"

// AppendString appends the geohash of a score as others write it, 11 letters:
// with latitudes up to 90 degrees. The last letter has no bits left and is a 0.
func AppendString(dst []byte, score float64) []byte {
	h := encode(Decode(score), 90, MaxStep)
	for i := range uint(11) {
		letter := uint64(0)
		if i < 10 {
			letter = h.Bits >> (2*MaxStep - (i+1)*5) & 31
		}
		dst = append(dst, alphabet[letter])
	}
	return dst
}

const (
	lonBits = 0xAAAAAAAAAAAAAAAA
	latBits = 0x5555555555555555
)

// move is the neighbour of a hash so many cells east and north: -1, 0 or 1. It
// wraps at the end of the grid.
func (h Hash) move(east, north int) Hash {
	shift := 64 - 2*h.Step
	h.Bits = shiftBits(h.Bits, lonBits>>shift, latBits>>shift, east)
	h.Bits = shiftBits(h.Bits, latBits>>shift, lonBits>>shift, north)
	return h
}

// shiftBits adds d to the number in the bits of mask, and leaves the others, in
// which carries run through.
func shiftBits(bits, mask, others uint64, d int) uint64 {
	v := bits & mask
	switch {
	case d > 0:
		v += others + 1
	case d < 0:
		v = (v | others) - (others + 1)
	}
	return v&mask | bits&others
}

// Scores is the part of the line that the cell covers: [lo, hi).
func (h Hash) Scores() (lo, hi float64) {
	shift := 2*MaxStep - 2*h.Step
	return float64(h.Bits << shift), float64((h.Bits + 1) << shift)
}

// EarthRadius is that of the sphere, meters.
const EarthRadius = 6372797.560856

func radians(degrees float64) float64 { return degrees * (math.Pi / 180) }
func degrees(radians float64) float64 { return radians / (math.Pi / 180) }

// Distance is that between two points, meters.
func Distance(a, b Point) float64 {
	lonA, lonB := radians(a.Lon), radians(b.Lon)
	v := sin((lonB - lonA) / 2)
	if v == 0 {
		return latDistance(a.Lat, b.Lat)
	}
	latA, latB := radians(a.Lat), radians(b.Lat)
	u := sin((latB - latA) / 2)
	x := float64(u*u) + float64(float64(float64(cos(latA)*cos(latB))*v)*v)
	return 2 * EarthRadius * asin(math.Sqrt(x))
}

func latDistance(a, b float64) float64 { return EarthRadius * math.Abs(radians(b)-radians(a)) }
