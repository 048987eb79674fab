package difftest

// zsetFamilies are the commands on sorted sets.
var zsetFamilies = []family{}
