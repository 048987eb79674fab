package testserver

import (
	"strconv"

	"clusternode/resp"
)

// Value is one reply with its wire type; see package resp.
type Value = resp.Value

// AppendValue appends the value as it goes over the wire.
func AppendValue(dst []byte, v Value) []byte {
	dst = append(dst, v.Type)
	switch v.Type {
	case '$', '!', '=':
		if v.Null {
			return append(dst, "-1\r\n"...)
		}
		dst = strconv.AppendInt(dst, int64(len(v.Str)), 10)
		dst = append(dst, '\r', '\n')
	case '*', '%', '~', '>':
		return appendElems(dst, v)
	}
	dst = append(dst, v.Str...)
	return append(dst, '\r', '\n')
}

func appendElems(dst []byte, v Value) []byte {
	if v.Null {
		return append(dst, "-1\r\n"...)
	}
	n := len(v.Elems)
	if v.Type == '%' {
		n /= 2
	}
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = append(dst, '\r', '\n')
	for _, e := range v.Elems {
		dst = AppendValue(dst, e)
	}
	return dst
}
