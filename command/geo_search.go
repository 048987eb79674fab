package command

import (
	"slices"

	"clusternode/internal/geo"
	"clusternode/object"
	"clusternode/resp"
)

// What a search is.
const (
	geoSearch   = 1 << iota // GEOSEARCH: options say around what, and how far
	geoStore                // GEOSEARCHSTORE: the first key is the target
	geoCoords               // GEORADIUS: around a point
	geoMember               // GEORADIUSBYMEMBER: around a member
	geoMayStore             // STORE and STOREDIST are options
)

// geoQuery is a search.
type geoQuery struct {
	shape                          geo.Shape
	unit                           float64 // meters
	withDist, withHash, withCoords bool
	any                            bool
	sort                           int // 1: nearest first, -1: farthest first
	count                          int64
	target                         *Key // nil: reply
	storeDist                      bool

	fromMember, fromPoint, byRadius, byBox bool
}

// place is a member that was found.
type place struct {
	member   string
	score    float64
	distance float64 // meters
	at       geo.Point
}

// geosearch is all searches.
func (c *Ctx) geosearch(kind int) {
	source := &c.Keys[0]
	if kind&geoStore != 0 {
		source = &c.Keys[1]
	}
	z, exists, ok := c.geoSource(source)
	if !ok {
		return
	}
	q := geoQuery{unit: 1}
	if !q.parse(c, kind, &z, exists) {
		return
	}
	if !exists {
		c.noPlaces(&q)
		return
	}
	limit := int64(0)
	if q.any {
		limit = q.count
	}
	places := findPlaces(&z, &q.shape, limit)
	if q.sort != 0 {
		slices.SortStableFunc(places, func(a, b place) int {
			switch {
			case a.distance < b.distance:
				return -q.sort
			case a.distance > b.distance:
				return q.sort
			}
			return 0
		})
	}
	if q.count > 0 && q.count < int64(len(places)) {
		places = places[:q.count]
	}
	switch {
	case len(places) == 0:
		c.noPlaces(&q)
	case q.target != nil:
		c.storePlaces(&q, places)
	default:
		c.replyFound(&q, places)
	}
}

// noPlaces replies that nothing was found, and deletes the target.
func (c *Ctx) noPlaces(q *geoQuery) {
	if q.target == nil {
		c.W.Array(0)
		return
	}
	c.delete(q.target)
	c.W.Int(0)
}

// parse reads what to search for; it replies the error and is false if it cannot.
func (q *geoQuery) parse(c *Ctx, kind int, z *object.ZSet, exists bool) bool {
	args, ok := c.Args[2:], true
	switch {
	case kind&geoCoords != 0:
		if q.shape.Center, ok = c.geoPoint(args); !ok || !q.radius(c, args[2:]) {
			return false
		}
		args = args[4:]
	case kind&geoMember != 0:
		// Without a source Redis does not look at the radius.
		if exists && (!q.center(c, z, args[0]) || !q.radius(c, args[1:])) {
			return false
		}
		args = args[3:]
	case kind&geoStore != 0:
		q.target = &c.Keys[0]
		args = args[1:]
	}
	for len(args) > 0 {
		used := q.option(c, kind, z, exists, args)
		switch {
		case used < 0:
			return false
		case used == 0:
			c.W.Error(resp.ErrSyntax)
			return false
		}
		args = args[used:]
	}
	return q.check(c, kind)
}

// check looks at how the options go together.
func (q *geoQuery) check(c *Ctx, kind int) bool {
	switch {
	case q.target != nil && (q.withDist || q.withHash || q.withCoords):
		what := "STORE option in GEORADIUS"
		if kind&geoStore != 0 {
			what = "GEOSEARCHSTORE"
		}
		c.W.Error("ERR " + what + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
	case kind&geoSearch != 0 && !q.fromMember && !q.fromPoint:
		c.W.Error("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + string(c.Args[0]))
	case kind&geoSearch != 0 && !q.byRadius && !q.byBox:
		c.W.Error("ERR exactly one of BYRADIUS and BYBOX can be specified for " + string(c.Args[0]))
	case q.any && q.count == 0:
		c.W.Error("ERR the ANY argument requires COUNT argument")
	default:
		if q.count > 0 && q.sort == 0 && !q.any {
			q.sort = 1 // to return the nearest ones
		}
		return true
	}
	return false
}

// option reads one option and returns how many arguments it took: 0 if it is none,
// -1 after an error was replied.
func (q *geoQuery) option(c *Ctx, kind int, z *object.ZSet, exists bool, args [][]byte) (used int) {
	took := func(n int, ok bool) int {
		if !ok {
			return -1
		}
		return n
	}
	left, search := len(args)-1, kind&geoSearch != 0
	switch a := args[0]; {
	case equalFold(a, "withdist"):
		q.withDist = true
	case equalFold(a, "withhash"):
		q.withHash = true
	case equalFold(a, "withcoord"):
		q.withCoords = true
	case equalFold(a, "any"):
		q.any = true
	case equalFold(a, "asc"):
		q.sort = 1
	case equalFold(a, "desc"):
		q.sort = -1
	case equalFold(a, "count") && left > 0:
		n, ok := c.intArg(args[1])
		if ok && n <= 0 {
			c.W.Error("ERR COUNT must be > 0")
			ok = false
		}
		q.count = n
		return took(2, ok)
	case kind&geoMayStore != 0 && left > 0 && (equalFold(a, "store") || equalFold(a, "storedist")):
		q.target, q.storeDist = &c.Keys[1], len(a) > len("store")
		return 2
	case search && !q.fromPoint && left > 0 && equalFold(a, "frommember"):
		q.fromMember = true
		return took(2, !exists || q.center(c, z, args[1]))
	case search && !q.fromMember && left > 1 && equalFold(a, "fromlonlat"):
		var ok bool
		q.shape.Center, ok = c.geoPoint(args[1:])
		q.fromPoint = true
		return took(3, ok)
	case search && !q.byBox && left > 1 && equalFold(a, "byradius"):
		q.byRadius = true
		return took(3, q.radius(c, args[1:]))
	case search && !q.byRadius && left > 2 && equalFold(a, "bybox"):
		q.byBox = true
		return took(4, q.box(c, args[1:]))
	case kind&geoStore != 0 && equalFold(a, "storedist"):
		q.storeDist = true
	default:
		return 0
	}
	return 1
}

// center makes a member the centre.
func (q *geoQuery) center(c *Ctx, z *object.ZSet, member []byte) bool {
	score, found := z.Score(member)
	if !found {
		c.W.Error("ERR could not decode requested zset member")
		return false
	}
	q.shape.Center = geo.Decode(score)
	return true
}

// length reads a length in the query's unit; what names it in errors.
func (c *Ctx) geoLength(arg []byte, what string) (f float64, ok bool) {
	if f, ok = parseDouble(arg); !ok {
		c.W.Error("ERR need numeric " + what)
	}
	return f, ok
}

func (q *geoQuery) radius(c *Ctx, args [][]byte) (ok bool) {
	r, ok := c.geoLength(args[0], "radius")
	if !ok {
		return false
	}
	if r < 0 {
		c.W.Error("ERR radius cannot be negative")
		return false
	}
	if q.unit, ok = c.geoUnit(args[1]); ok {
		q.shape.Radius = r * q.unit
	}
	return ok
}

func (q *geoQuery) box(c *Ctx, args [][]byte) (ok bool) {
	w, ok := c.geoLength(args[0], "width")
	if !ok {
		return false
	}
	h, ok := c.geoLength(args[1], "height")
	if !ok {
		return false
	}
	if w < 0 || h < 0 {
		c.W.Error("ERR height or width cannot be negative")
		return false
	}
	if q.unit, ok = c.geoUnit(args[2]); ok {
		q.shape.Box, q.shape.Width, q.shape.Height = true, w*q.unit, h*q.unit
	}
	return ok
}

// findPlaces finds the members in a shape, cell by cell in Redis' order; with a
// limit it stops when it has so many.
func findPlaces(z *object.ZSet, shape *geo.Shape, limit int64) (places []place) {
	cells := shape.Cover()
	last := 0
	for i, cell := range cells {
		switch {
		case cell == geo.Hash{}:
			continue
		case last > 0 && cell == cells[last]: // the grid is so coarse that neighbours are the same
			continue
		case limit > 0 && int64(len(places)) >= limit:
			return places
		}
		lo, hi := cell.Scores()
		z.RangeByScore(lo, hi, false, true, func(member []byte, score float64) bool {
			at := geo.Decode(score)
			if d, ok := shape.Contains(at); ok {
				places = append(places, place{string(member), score, d, at})
			}
			return limit == 0 || int64(len(places)) < limit
		})
		last = i
	}
	return places
}

func (c *Ctx) replyFound(q *geoQuery, places []place) {
	parts := 1
	for _, with := range [...]bool{q.withDist, q.withHash, q.withCoords} {
		if with {
			parts++
		}
	}
	c.W.Array(len(places))
	for i := range places {
		p := &places[i]
		if parts > 1 {
			c.W.Array(parts)
		}
		c.W.BulkString(p.member)
		if q.withDist {
			c.geoDistance(p.distance, q.unit)
		}
		if q.withHash {
			c.W.Int(int64(p.score))
		}
		if q.withCoords {
			c.geoCoordinates(p.at)
		}
	}
}

// storePlaces stores what was found under the target, with distances in the
// query's unit if they are asked for.
func (c *Ctx) storePlaces(q *geoQuery, places []place) {
	list := make([]scored, len(places))
	for i := range places {
		list[i] = scored{places[i].member, places[i].score}
		if q.storeDist {
			list[i].score = places[i].distance / q.unit
		}
	}
	sortScored(list)
	event := "georadiusstore"
	if q.fromMember || q.fromPoint { // GEOSEARCHSTORE says around what
		event = "geosearchstore"
	}
	before := c.Stats.Dirty
	c.storeScored(q.target, event, list)
	if len(list) > 0 && c.Stats.Dirty > before {
		c.Dirty(len(list) - 1) // every place counts
	}
}
