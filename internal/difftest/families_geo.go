package difftest

// geoFamilies are the commands on places, which are sorted sets.
var geoFamilies = []family{
	{name: "geo", weight: 10, templates: []string{
		"GEOADD key (longitude latitude member)...", "GEOADD key (longitude latitude member)...", "GEOADD key [NX | XX] [CH] (longitude latitude member)... [junk]", "GEOADD key [NX] [XX] [CH] longitude latitude member",
		"GEODIST key member member [unit]", "GEODIST key member member [unit] [junk]", "GEOHASH key member...", "GEOPOS key member...", "GEOHASH key", "ZADD key (score member)...", "ZREM key member...",
		"GEOSEARCH key FROMLONLAT longitude latitude BYRADIUS radius unit (ASC | DESC) [WITHCOORD] [WITHDIST] [WITHHASH]", "GEOSEARCH key FROMMEMBER member BYRADIUS radius unit (ASC | DESC) [COUNT limit] [WITHCOORD] [WITHDIST] [WITHHASH]",
		"GEOSEARCH key FROMLONLAT longitude latitude BYBOX radius radius unit [ASC | DESC] [COUNT limit] [WITHCOORD] [WITHDIST]", "GEOSEARCH key [FROMLONLAT longitude latitude] [FROMMEMBER member] [BYRADIUS radius unit] [BYBOX radius radius unit] [ASC] [COUNT limit] [junk]",
		"GEOSEARCHSTORE key key FROMLONLAT longitude latitude BYRADIUS radius unit [STOREDIST]", "GEOSEARCHSTORE key key FROMMEMBER member BYBOX radius radius unit ASC [COUNT limit] [STOREDIST] [junk]",
		"GEORADIUS key longitude latitude radius unit (ASC | DESC) [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT limit]", "GEORADIUS key longitude latitude radius unit [STORE key] [STOREDIST key] [WITHDIST]", "GEORADIUSBYMEMBER key member radius unit ASC [WITHDIST] [COUNT limit]",
		"GEORADIUS_RO key longitude latitude radius unit (ASC | DESC) [STORE key]", "GEORADIUSBYMEMBER_RO key member radius unit [ASC | DESC] [junk]",
	}},
}
