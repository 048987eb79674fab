package config

import (
	"strings"
)

// NotifyClass is a set of keyspace event classes, as notify-keyspace-events
// names them.
type NotifyClass int64

// The classes; the letter is the one in the directive's value.
const (
	NotifyKeyspace NotifyClass = 1 << iota // K
	NotifyKeyevent                         // E
	NotifyGeneric                          // g
	NotifyString                           // $
	NotifyList                             // l
	NotifySet                              // s
	NotifyHash                             // h
	NotifyZSet                             // z
	NotifyExpired                          // x
	NotifyEvicted                          // e
	NotifyStream                           // t
	NotifyMiss                             // m
	NotifyModule                           // d
	NotifyNew                              // n

	// NotifyAll is what A stands for: all classes but m and n.
	NotifyAll = NotifyGeneric | NotifyString | NotifyList | NotifySet | NotifyHash | NotifyZSet |
		NotifyExpired | NotifyEvicted | NotifyStream | NotifyModule
)

// notifyLetters are the letters by bit position.
const notifyLetters = "KEg$lshzxetmdn"

// notifyOrder is the order in which CONFIG GET prints the letters.
const notifyOrder = "g$lshzxetdnKEm"

// notifyCodec keeps a NotifyClass in num.
type notifyCodec struct{}

func (notifyCodec) kind() string { return "event classes" }

func (notifyCodec) parse(words []string, _ Value) (Value, error) {
	w, err := one(words)
	if err != nil {
		return Value{}, err
	}
	var set NotifyClass
	for i := 0; i < len(w); i++ {
		bit := strings.IndexByte(notifyLetters, w[i])
		switch {
		case w[i] == 'A':
			set |= NotifyAll
		case bit >= 0:
			set |= 1 << bit
		default:
			return Value{}, wording("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
		}
	}
	return Value{num: int64(set)}, nil
}

// format prints A for all classes of it and then, as Redis does, leaves out n.
func (c notifyCodec) format(v Value) string {
	if NotifyClass(v.num)&NotifyAll == NotifyAll {
		v.num &^= int64(NotifyNew)
	}
	return c.letters(NotifyClass(v.num))
}

// letters names every class of the set.
func (notifyCodec) letters(set NotifyClass) string {
	var b strings.Builder
	if set&NotifyAll == NotifyAll {
		b.WriteByte('A')
		set &^= NotifyAll
	}
	for i := 0; i < len(notifyOrder); i++ {
		if set>>strings.IndexByte(notifyLetters, notifyOrder[i])&1 != 0 {
			b.WriteByte(notifyOrder[i])
		}
	}
	return b.String()
}

func (c notifyCodec) lines(name string, v, def Value) []line {
	return single(name+" "+Quote(c.letters(NotifyClass(v.num))), v, def)
}
