package difftest

// geoFamilies are the commands on places, which are sorted sets.
var geoFamilies = []family{}
