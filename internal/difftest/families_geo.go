package difftest

import "clusternode/internal/testserver"

// geoFamilies are the commands on places, which are sorted sets.
var geoFamilies = []family{
	{name: "geo", weight: 10, templates: []string{
		"GEOADD key (longitude latitude member)...", "GEOADD key (longitude latitude member)...", "GEOADD key [NX | XX] [CH] (longitude latitude member)... [junk]", "GEOADD key [NX] [XX] [CH] longitude latitude member",
		"GEODIST key member member [unit]", "GEODIST key member member [unit] [junk]", "GEOHASH key member...", "GEOPOS key member...", "GEOHASH key", "ZADD key (score member)...", "ZREM key member...",
		"GEOSEARCH key FROMLONLAT longitude latitude BYRADIUS radius unit (ASC | DESC) [WITHCOORD] [WITHDIST] [WITHHASH]", "GEOSEARCH key FROMMEMBER member BYRADIUS radius unit (ASC | DESC) [COUNT limit WITHDIST] [WITHCOORD] [WITHHASH]",
		"GEOSEARCH key FROMLONLAT longitude latitude BYBOX radius radius unit [ASC | DESC] [COUNT limit WITHDIST] [WITHCOORD]", "GEOSEARCH key [FROMLONLAT longitude latitude] [FROMMEMBER member] [BYRADIUS radius unit] [BYBOX radius radius unit] [ASC] [COUNT limit WITHDIST] [junk]",
		"GEOSEARCHSTORE key key FROMLONLAT longitude latitude BYRADIUS radius unit [STOREDIST]", "GEOSEARCHSTORE key key FROMMEMBER member BYBOX radius radius unit ASC [COUNT limit] [STOREDIST] [junk]",
		"GEORADIUS key longitude latitude radius unit (ASC | DESC) [WITHCOORD] [WITHHASH] [WITHDIST COUNT limit]", "GEORADIUS key longitude latitude radius unit [STORE key] [STOREDIST key] [WITHDIST]", "GEORADIUSBYMEMBER key member radius unit ASC [WITHDIST COUNT limit]",
		"GEORADIUS_RO key longitude latitude radius unit (ASC | DESC) [STORE key]", "GEORADIUSBYMEMBER_RO key member radius unit [ASC | DESC] [junk]",
	}},
}

// geoRule is for replies that are sorted or limited: members at one distance come in any order, and which of them come within
// COUNT is free. The distances are not, so that COUNT is played together with WITHDIST.
func geoRule(args []string) rule {
	limited := anyContains("count")(args)
	if !limited && !anyContains("asc")(args) && !anyContains("desc")(args) {
		return nil
	}
	withDist := anyContains("withdist")(args)
	return func(ours, oracle testserver.Value) string {
		if len(ours.Elems) != len(oracle.Elems) {
			return sameCount(ours, oracle)
		}
		for i := range ours.Elems {
			a, b := ours.Elems[i].Elems, oracle.Elems[i].Elems
			if withDist && (len(a) < 2 || len(b) < 2 || a[1].Str != b[1].Str) {
				return exact(ours, oracle)
			}
		}
		if limited {
			return ""
		}
		return asSet(ours, oracle)
	}
}
