package redislog

import (
	"fmt"
	"log/syslog"
)

// SyslogOptions say how to reach syslog and what to call this server there.
type SyslogOptions struct {
	Ident    string // the tag of the lines
	Facility string // user, local0 ... local7
	// Network and Addr as for syslog.Dial; both "" mean this machine's.
	Network, Addr string
}

// syslogWriter is the part of *syslog.Writer that is used.
type syslogWriter interface {
	Debug(string) error
	Info(string) error
	Notice(string) error
	Warning(string) error
	Close() error
}

func dialSyslog(o SyslogOptions) (syslogWriter, error) {
	facility := syslog.LOG_USER
	if o.Facility != "user" {
		var n int
		if _, err := fmt.Sscanf(o.Facility, "local%d", &n); err != nil || n < 0 || n > 7 {
			return nil, fmt.Errorf("unknown facility '%s'", o.Facility)
		}
		facility = syslog.LOG_LOCAL0 + syslog.Priority(n)<<3
	}
	return syslog.Dial(o.Network, o.Addr, facility|syslog.LOG_NOTICE, o.Ident)
}

// sendSyslog maps the levels as Redis does. The writer connects again by
// itself; a line that cannot be sent is lost.
func sendSyslog(w syslogWriter, level Level, text string) {
	switch level {
	case Debug:
		w.Debug(text)
	case Verbose:
		w.Info(text)
	case Notice:
		w.Notice(text)
	default:
		w.Warning(text)
	}
}
