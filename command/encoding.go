package command

import (
	"clusternode/keyspace"
	"clusternode/resp"
)

// embstrMax is the longest value that OBJECT ENCODING calls "embstr", in
// bytes. Clients and tests look at the name; here both are stored alike.
const embstrMax = 44

// StringEncoding is the encoding Redis gives to a string that is stored whole
// (SET, INCR, ...; not APPEND or SETRANGE, which make it raw).
func StringEncoding(value []byte) keyspace.Encoding {
	if len(value) <= 20 && len(value) > 0 && (value[0] == '-' || value[0]-'0' < 10) {
		if _, ok := resp.ParseInt(value); ok {
			return keyspace.EncInt
		}
	}
	if len(value) <= embstrMax {
		return keyspace.EncEmbstr
	}
	return keyspace.EncRaw
}
