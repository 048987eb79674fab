package command

import (
	"math"
	"math/rand/v2"
	"strings"
)

// brailleCanvas has two by four dots in every character: U+2800 and the sum of
// the dots' bits.
type brailleCanvas struct {
	cols, rows int
	cells      []byte
}

// brailleDots are the bits of a character's dots, by row and column.
var brailleDots = [4][2]byte{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func newBrailleCanvas(cols, rows int) *brailleCanvas {
	return &brailleCanvas{cols: cols, rows: rows, cells: make([]byte, cols*rows)}
}

func (b *brailleCanvas) dot(x, y int) {
	if x >= 0 && y >= 0 && x < 2*b.cols && y < 4*b.rows {
		b.cells[y/4*b.cols+x/2] |= brailleDots[y%4][x%2]
	}
}

// line draws a straight line.
func (b *brailleCanvas) line(x0, y0, x1, y1 float64) {
	steps := max(math.Abs(x1-x0), math.Abs(y1-y0), 1)
	for i := 0.0; i <= steps; i++ {
		b.dot(int(x0+(x1-x0)*i/steps), int(y0+(y1-y0)*i/steps))
	}
}

func (b *brailleCanvas) String() string {
	var out strings.Builder
	for y := range b.rows {
		for _, bits := range b.cells[y*b.cols : (y+1)*b.cols] {
			out.WriteRune(0x2800 + rune(bits))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// drawGossip draws nodes on a circle and lines between some of them.
func drawGossip(r *rand.Rand, cols, nodes, links int) string {
	b := newBrailleCanvas(cols, (cols+1)/2)
	center := float64(cols)
	radius := center * 0.86
	at := func(node int) (x, y float64) {
		sin, cos := math.Sincos(2 * math.Pi * float64(node) / float64(nodes))
		return center + radius*sin, center - radius*cos
	}
	for range links {
		x0, y0 := at(r.IntN(nodes))
		x1, y1 := at(r.IntN(nodes))
		b.line(x0, y0, x1, y1)
	}
	size := center * 0.05
	for n := range nodes {
		x, y := at(n)
		for a := 0.0; a < 2*math.Pi; a += 0.05 {
			sin, cos := math.Sincos(a)
			b.line(x, y, x+size*sin, y+size*cos)
		}
	}
	return b.String()
}

// drawSlots fills the rows with ranges of slots in the greys of their owners.
func drawSlots(r *rand.Rand, cols, rows int) string {
	greys := [4]string{"\x1b[0;30;40m \x1b[0m", "\x1b[0;90;100m \x1b[0m", "\x1b[0;37;47m \x1b[0m", "\x1b[0;97;107m \x1b[0m"}
	var out strings.Builder
	owner, left := 0, 0
	for range rows {
		for range cols {
			if left == 0 {
				owner, left = (owner+1+r.IntN(3))%4, 1+r.IntN(2*cols)
			}
			out.WriteString(greys[owner])
			left--
		}
		out.WriteByte('\n')
	}
	return out.String()
}
