package difftest

// hllFamilies are the commands on HyperLogLogs.
var hllFamilies = []family{}
