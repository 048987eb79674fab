package difftest

// streamFamilies are the commands on streams.
var streamFamilies = []family{}
