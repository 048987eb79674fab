package redislog

import "log/slog"

// Level is how much a line matters.
type Level int32

// The levels, in rising order.
const (
	Debug Level = iota
	Verbose
	Notice
	Warning
	Nothing // no line has it; as a Logger's level it silences all
)

var levels = [...]struct {
	name string
	mark byte
	slog slog.Level
}{
	{"debug", '.', slog.LevelDebug},
	{"verbose", '-', slog.LevelDebug + 2},
	{"notice", '*', slog.LevelInfo},
	{"warning", '#', slog.LevelWarn},
	{"nothing", 0, slog.LevelError},
}

// String is the level's name in redis.conf.
func (l Level) String() string { return levels[l].name }

// ParseLevel finds a level by its name in redis.conf.
func ParseLevel(name string) (Level, bool) {
	for i, l := range levels {
		if l.name == name {
			return Level(i), true
		}
	}
	return 0, false
}

// Role is the letter behind the process id.
type Role byte

// The roles.
const (
	Primary  Role = 'M'
	Replica  Role = 'S'
	Starting Role = 'C'
	Sentinel Role = 'X'
)
