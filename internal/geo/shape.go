package geo

import "math"

// Shape is a circle, or a box, around a point. Lengths are in meters.
type Shape struct {
	Center        Point
	Radius        float64 // of a circle
	Box           bool
	Width, Height float64 // of a box
}

// Contains reports whether a point is in the shape, and how far from its centre.
func (s *Shape) Contains(p Point) (distance float64, ok bool) {
	if !s.Box {
		distance = Distance(s.Center, p)
		return distance, distance <= s.Radius
	}
	if latDistance(p.Lat, s.Center.Lat) > s.Height/2 || Distance(p, Point{s.Center.Lon, p.Lat}) > s.Width/2 {
		return 0, false
	}
	return Distance(s.Center, p), true
}

// bounds is a rectangle around the shape. A circle of longitude is shorter where
// it is further from the equator.
func (s *Shape) bounds() Area {
	height, width := s.Radius, s.Radius
	if s.Box {
		height, width = s.Height/2, s.Width/2
	}
	c := s.Center
	lat := degrees(height / EarthRadius)
	lon := degrees(width / EarthRadius / cos(radians(c.Lat+lat)))
	if c.Lat < 0 {
		lon = degrees(width / EarthRadius / cos(radians(c.Lat-lat)))
	}
	return Area{MinLon: c.Lon - lon, MaxLon: c.Lon + lon, MinLat: c.Lat - lat, MaxLat: c.Lat + lat}
}

// mercatorMax is half the length of the equator in the projection, meters.
const mercatorMax = 20037726.37

// stepFor is the step at which a cell and its neighbours cover a circle.
func stepFor(radius, lat float64) uint {
	if radius == 0 {
		return MaxStep
	}
	step := 1
	for radius < mercatorMax {
		radius *= 2
		step++
	}
	step -= 2 // to be on the safe side
	if lat > 66 || lat < -66 {
		step-- // cells are narrower towards the poles
		if lat > 80 || lat < -80 {
			step--
		}
	}
	return uint(min(max(step, 1), MaxStep))
}

// Cover are the cells that contain the shape: that of the centre, then north,
// south, east, west, north-east, north-west, south-east, south-west. Those that
// are of no use are zero.
func (s *Shape) Cover() (cells [9]Hash) {
	radius := s.Radius
	if s.Box {
		radius = math.Sqrt(float64(s.Width/2*(s.Width/2)) + float64(s.Height/2*(s.Height/2)))
	}
	step := stepFor(radius, s.Center.Lat)
	b := s.bounds()
	cells = neighbours(s.Center, step)
	if step > 1 && (cells[1].Area().MaxLat < b.MaxLat || cells[2].Area().MinLat > b.MinLat ||
		cells[3].Area().MaxLon < b.MaxLon || cells[4].Area().MinLon > b.MinLon) {
		step--
		cells = neighbours(s.Center, step)
	}
	if step < 2 {
		return cells
	}
	drop := func(which ...int) {
		for _, i := range which {
			cells[i] = Hash{}
		}
	}
	area := cells[0].Area()
	if area.MinLat < b.MinLat {
		drop(2, 7, 8)
	}
	if area.MaxLat > b.MaxLat {
		drop(1, 5, 6)
	}
	if area.MinLon < b.MinLon {
		drop(4, 6, 8)
	}
	if area.MaxLon > b.MaxLon {
		drop(3, 5, 7)
	}
	return cells
}

func neighbours(p Point, step uint) [9]Hash {
	h := Encode(p, step)
	return [9]Hash{h, h.move(0, 1), h.move(0, -1), h.move(1, 0), h.move(-1, 0), h.move(1, 1), h.move(-1, 1), h.move(1, -1), h.move(-1, -1)}
}
