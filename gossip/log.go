package gossip

import (
	"fmt"

	"clusternode/cluster"
)

// Logger takes the lines that a node writes to its log. It is called from any goroutine and must not call back.
type Logger interface {
	Log(level cluster.LogLevel, text string)
}

// logger adds formatting to a Logger.
type logger struct{ Logger }

func (l logger) debugf(format string, args ...any) {
	l.Log(cluster.LogDebug, fmt.Sprintf(format, args...))
}
func (l logger) warnf(format string, args ...any) {
	l.Log(cluster.LogWarning, fmt.Sprintf(format, args...))
}
