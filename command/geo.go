package command

import (
	"fmt"
	"strconv"
	"strings"

	"clusternode/internal/geo"
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// GeoSpecs are the commands on places, which are sorted sets: a score is the cell
// of a point.
var GeoSpecs = []*Spec{
	{Name: "geoadd", Arity: -5, Flags: Write | DenyOOM, Cats: CatGeo, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfZadd, Handler: geoadd},
	{Name: "geodist", Arity: -4, Flags: ReadOnly, Cats: CatGeo, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: geodist},
	{Name: "geohash", Arity: -2, Flags: ReadOnly, Cats: CatGeo, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfMembers, Handler: geohash},
	{Name: "geopos", Arity: -2, Flags: ReadOnly, Cats: CatGeo, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfMembers, Handler: geopos},
	{Name: "geosearch", Arity: -7, Flags: ReadOnly, Cats: CatGeo, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfPlaces, Handler: func(c *Ctx) { c.geosearch(geoSearch) }},
	{Name: "geosearchstore", Arity: -8, Flags: Write | DenyOOM, Cats: CatGeo, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), One(2, KeyRO|KeyAccess)}, Cost: costOfPlaces, Handler: func(c *Ctx) { c.geosearch(geoSearch | geoStore) }},
	{Name: "georadius", Arity: -6, Flags: Write | DenyOOM | MovableKeys, Cats: CatGeo, Keys: geoRadiusKeys(6), FindKeys: findGeoKeys, Cost: costOfPlaces, Handler: func(c *Ctx) { c.geosearch(geoCoords | geoMayStore) }},
	{Name: "georadius_ro", Arity: -6, Flags: ReadOnly, Cats: CatGeo, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfPlaces, Handler: func(c *Ctx) { c.geosearch(geoCoords) }},
	{Name: "georadiusbymember", Arity: -5, Flags: Write | DenyOOM | MovableKeys, Cats: CatGeo, Keys: geoRadiusKeys(5), FindKeys: findGeoKeys, Cost: costOfPlaces, Handler: func(c *Ctx) { c.geosearch(geoMember | geoMayStore) }},
	{Name: "georadiusbymember_ro", Arity: -5, Flags: ReadOnly, Cats: CatGeo, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfPlaces, Handler: func(c *Ctx) { c.geosearch(geoMember) }},
}

func geoRadiusKeys(from int) []KeySpec {
	return []KeySpec{
		One(1, KeyRO|KeyAccess),
		{Flags: KeyOW | KeyUpdate, Keyword: "STORE", From: from, Step: 1},
		{Flags: KeyOW | KeyUpdate, Keyword: "STOREDIST", From: from, Step: 1},
	}
}

// findGeoKeys finds the source and, of STORE and STOREDIST, the last that is said.
func findGeoKeys(args [][]byte, out []KeyPos) ([]KeyPos, bool) {
	if len(args) < 2 {
		return out, false
	}
	out = append(out, KeyPos{Arg: 1, Flags: KeyRO | KeyAccess})
	if at := geoStoreArg(args); at > 0 {
		out = append(out, KeyPos{Arg: at, Flags: KeyOW | KeyUpdate})
	}
	return out, true
}

// geoStoreArg is the argument that names the target of GEORADIUS, 0 if none does.
func geoStoreArg(args [][]byte) (at int) {
	for i := 5; i+1 < len(args); i++ {
		if equalFold(args[i], "store") || equalFold(args[i], "storedist") {
			i++
			at = i
		}
	}
	return at
}

// geoUnits are meters.
var geoUnits = [...]struct {
	name   string
	meters float64
}{{"m", 1}, {"km", 1000}, {"ft", 0.3048}, {"mi", 1609.34}}

// geoUnit reads a unit; ok is false after an error was replied.
func (c *Ctx) geoUnit(arg []byte) (meters float64, ok bool) {
	for _, u := range geoUnits {
		if equalFold(arg, u.name) {
			return u.meters, true
		}
	}
	c.W.Error("ERR unsupported unit provided. please use M, KM, FT, MI")
	return 0, false
}

// geoPoint reads a longitude and a latitude; ok is false after an error was
// replied.
func (c *Ctx) geoPoint(args [][]byte) (p geo.Point, ok bool) {
	var ok2 bool
	p.Lon, ok = parseDouble(args[0])
	p.Lat, ok2 = parseDouble(args[1])
	switch {
	case !ok || !ok2:
		c.W.Error(resp.ErrNotFloat)
		return p, false
	case !p.Valid():
		text := fmt.Sprintf("ERR invalid longitude,latitude pair %f,%f", p.Lon, p.Lat)
		c.W.Error(strings.NewReplacer("+Inf", "inf", "Inf", "inf").Replace(text)) // as C prints it
		return p, false
	}
	return p, true
}

// geoadd is ZADD of the points' scores.
func geoadd(c *Ctx) {
	flags, first := 0, 2
options:
	for ; first < len(c.Args); first++ {
		switch a := c.Args[first]; {
		case equalFold(a, "nx"):
			flags |= zaddNX
		case equalFold(a, "xx"):
			flags |= zaddXX
		case equalFold(a, "ch"):
			flags |= zaddCH
		default:
			break options
		}
	}
	triples := c.Args[first:]
	if len(triples)%3 != 0 || flags&zaddNX != 0 && flags&zaddXX != 0 {
		c.W.Error(resp.ErrSyntax)
		return
	}
	for i := 0; i < len(triples); i += 3 {
		if _, ok := c.geoPoint(triples[i:]); !ok {
			return
		}
	}
	args := append(make([][]byte, 0, len(c.Args)), c.Args[:first]...)
	for i := 0; i < len(triples); i += 3 {
		p, _ := c.geoPoint(triples[i:])
		args = append(args, strconv.AppendUint(nil, geo.Encode(p, geo.MaxStep).Bits, 10), triples[i+2])
	}
	c.Args = args
	c.zadd(0)
}

// distance replies a number of meters in a unit, with four decimals.
func (c *Ctx) geoDistance(meters, unit float64) {
	c.W.Bulk(strconv.AppendFloat(c.num[:0], meters/unit, 'f', 4, 64))
}

// geoCoordinates replies a point with 17 decimals, without zeros at the end, as
// Redis 7 does.
func (c *Ctx) geoCoordinates(p geo.Point) {
	c.W.Array(2)
	for _, f := range [2]float64{p.Lon, p.Lat} {
		b := strconv.AppendFloat(c.num[:0], f, 'f', 17, 64)
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
		if b[len(b)-1] == '.' {
			b = b[:len(b)-1]
		}
		if c.W.Proto > 2 {
			c.W.Buf = append(append(append(c.W.Buf, ','), b...), '\r', '\n')
		} else {
			c.W.Bulk(b)
		}
	}
}

func geodist(c *Ctx) {
	unit, ok := 1.0, true
	switch len(c.Args) {
	case 4:
	case 5:
		if unit, ok = c.geoUnit(c.Args[4]); !ok {
			return
		}
	default:
		c.W.Error(resp.ErrSyntax)
		return
	}
	z, exists, ok := c.readZSet(&c.Keys[0])
	if !ok {
		return
	}
	if exists {
		a, hasA := z.Score(c.Args[2])
		b, hasB := z.Score(c.Args[3])
		if hasA && hasB {
			c.geoDistance(geo.Distance(geo.Decode(a), geo.Decode(b)), unit)
			return
		}
	}
	c.W.Null()
}

// eachPlace calls f with the score of each member that is named, or missing.
func (c *Ctx) eachPlace(f func(score float64), missing func()) {
	z, exists, ok := c.readZSet(&c.Keys[0])
	if !ok {
		return
	}
	c.W.Array(len(c.Args) - 2)
	for _, m := range c.Args[2:] {
		if exists {
			if s, found := z.Score(m); found {
				f(s)
				continue
			}
		}
		missing()
	}
}

func geohash(c *Ctx) {
	c.eachPlace(func(s float64) { c.W.Bulk(geo.AppendString(c.num[:0], s)) }, c.W.Null)
}

func geopos(c *Ctx) {
	c.eachPlace(func(s float64) { c.geoCoordinates(geo.Decode(s)) }, c.W.NullArray)
}

// geoSource looks the source of a search up.
func (c *Ctx) geoSource(k *Key) (z object.ZSet, exists, ok bool) {
	e, ok := c.ReadAs(k, keyspace.TypeZSet)
	if !ok || !e.Exists() {
		return z, false, ok
	}
	return zsetOf(k, e), true, true
}

// costOfPlaces takes it that every member of the source is looked at.
func costOfPlaces(c *Ctx) (nanos int64) {
	for i := range c.Keys {
		nanos += int64(zsetLen(&c.Keys[i])) * nanosPerPlace
	}
	return nanos
}

// nanosPerPlace is what it takes to decode a score and measure the distance.
const nanosPerPlace = 150
