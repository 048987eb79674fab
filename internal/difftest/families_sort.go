package difftest

// sortFamilies are the commands on SORT.
var sortFamilies = []family{}
