// Package geo places points of the earth on the 52-bit line on which Redis sorts
// them, and tells which parts of the line an area covers.
//
// # Words
//
//   - Hash: a cell of the grid that halves longitude and latitude step times,
//     step bits of each interleaved, latitude in the even bits. At step 26 it is
//     the score of a member.
//   - Area: the rectangle of a hash.
//   - Shape: a circle or box around a point.
//   - Cover: the hash of a shape's centre and its eight neighbours, at a step at
//     which they contain the shape.
//
// Longitudes go from -180 to 180 degrees, latitudes to the limits of the Web
// Mercator projection, and the earth is a sphere of the radius that Redis uses, so
// that results agree to the last digit. Sources: Niemeyer's geohash; the haversine
// formula; Morton order for the bits.
//
// # Who owns what
//
// Everything is a value. Start reading at hash.go, then shape.go.
package geo
