package difftest

// hashFamilies are the commands on hashes.
var hashFamilies = []family{}
