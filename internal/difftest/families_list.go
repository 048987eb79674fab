package difftest

// listFamilies are the commands on lists.
var listFamilies = []family{}
