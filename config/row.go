package config

// A row is a directive while the table describes it: constructors give name,
// kind, default and bounds, the methods below what else is special.
type row struct{ *Directive }

func newRow(name string, c codec, def Value) row {
	return row{&Directive{Name: name, codec: c, def: def}}
}

// yesNo takes yes or no.
func yesNo(name string, def bool) row {
	v := Value{}
	if def {
		v.num = 1
	}
	return newRow(name, boolCodec{}, v)
}

// integer takes a whole number from min to max.
func integer(name string, def, min, max int64) row {
	return newRow(name, intCodec{min: min, max: max}, Value{num: def})
}

// memory takes a size in bytes with an optional unit.
func memory(name string, def, min, max int64) row {
	return newRow(name, intCodec{min: min, max: max, unit: unitBytes}, Value{num: def})
}

// memory64 is memory without an upper bound but that of 64 unsigned bits.
func memory64(name string, def int64) row {
	return newRow(name, intCodec{unit: unitBytes, unsigned: true}, Value{num: def})
}

// choice takes one of the names.
func choice(name, def string, names ...string) row {
	c := enumCodec{names: names}
	v, ok := c.find(def)
	if !ok {
		panic("config: default of " + name)
	}
	return newRow(name, c, Value{num: v})
}

// text takes any string.
func text(name, def string) row { return newRow(name, textCodec{}, Value{str: def}) }

// optional is text that CONFIG REWRITE does not write while it is empty.
func optional(name string) row { return newRow(name, textCodec{optional: true}, Value{}) }

func special(name string, c codec, def Value) row { return newRow(name, c, def) }

func (r row) alias(name string) row { r.Alias = name; return r }
func (r row) flag(f flags) row      { r.flags |= f; return r }
func (r row) fixed() row            { return r.flag(immutable) }

func (r row) checked(f func(Value) error) row { r.check = f; return r }

// without marks a directive whose object does not exist here; why says why.
func (r row) without(why string) row { r.Status, r.Part = NoMeaning, why; return r }

// waits marks a directive that tunes a part that is not built yet.
func (r row) waits(part string) row { r.Status, r.Part = Waiting, part; return r }

// notBuilt marks a directive that would switch on a part that is not built.
func (r row) notBuilt(part string) row { r.Status, r.Part = NotBuilt, part; return r }
