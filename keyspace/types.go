package keyspace

import "clusternode/object"

// Type and Encoding say what a key holds and how.
type (
	Type     = object.Type
	Encoding = object.Encoding
)

// The types and encodings, see package object.
const (
	TypeString = object.TypeString
	TypeList   = object.TypeList
	TypeSet    = object.TypeSet
	TypeZSet   = object.TypeZSet
	TypeHash   = object.TypeHash
	TypeStream = object.TypeStream

	EncRaw        = object.EncRaw
	EncInt        = object.EncInt
	EncEmbstr     = object.EncEmbstr
	EncListpack   = object.EncListpack
	EncIntset     = object.EncIntset
	EncHashtable  = object.EncHashtable
	EncSkiplist   = object.EncSkiplist
	EncQuicklist  = object.EncQuicklist
	EncStream     = object.EncStream
	EncListpackEx = object.EncListpackEx
)
