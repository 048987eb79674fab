package redislog

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options of a Logger.
type Options struct {
	Level  Level
	Role   Role      // zero: Starting
	File   string    // absolute path; "" writes to Out
	Out    io.Writer // nil: standard output
	JSON   bool
	Prefix string // which of several nodes in this process speaks
	Syslog *SyslogOptions
}

// Logger writes log lines.
type Logger struct {
	level  atomic.Int32
	role   atomic.Int32
	file   string
	prefix string
	json   bool
	now    func() time.Time
	pid    int

	mu  sync.Mutex // guards what follows, held for one line
	out io.Writer  // used if file is ""
	sys syslogWriter
	buf []byte
}

// New makes a Logger. It never fails: a syslog that cannot be reached is
// reported as a warning in the log itself.
func New(o Options) *Logger {
	l := &Logger{file: o.File, prefix: o.Prefix, json: o.JSON, now: time.Now, pid: os.Getpid(), out: o.Out}
	if l.out == nil {
		l.out = os.Stdout
	}
	if o.Role == 0 {
		o.Role = Starting
	}
	l.SetLevel(o.Level)
	l.SetRole(o.Role)
	if o.Syslog != nil {
		sys, err := dialSyslog(*o.Syslog)
		if err != nil {
			l.Warning("Can't log to syslog: %v", err)
		} else {
			l.sys = sys
		}
	}
	return l
}

// Close ends the connection to syslog. The Logger must not be used any more.
func (l *Logger) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sys != nil {
		l.sys.Close()
		l.sys = nil
	}
}

// SetLevel drops lines below the level from now on.
func (l *Logger) SetLevel(level Level) { l.level.Store(int32(level)) }

// SetRole changes the letter behind the process id.
func (l *Logger) SetRole(r Role) { l.role.Store(int32(r)) }

// Enabled reports whether a line of the level would be written, for callers
// whose arguments are costly.
func (l *Logger) Enabled(level Level) bool { return level >= Level(l.level.Load()) }

// Debug writes a line that only developers want.
func (l *Logger) Debug(format string, args ...any) { l.Log(Debug, format, args...) }

// Verbose writes a line of rare but not important events.
func (l *Logger) Verbose(format string, args ...any) { l.Log(Verbose, format, args...) }

// Notice writes a line that belongs into a production log.
func (l *Logger) Notice(format string, args ...any) { l.Log(Notice, format, args...) }

// Warning writes a line that must not be missed.
func (l *Logger) Warning(format string, args ...any) { l.Log(Warning, format, args...) }

// Log writes a line of the given level.
func (l *Logger) Log(level Level, format string, args ...any) {
	if !l.Enabled(level) {
		return
	}
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		l.writeJSON(now, level, text)
	} else {
		l.writeText(now, level, text)
	}
	if l.sys != nil {
		sendSyslog(l.sys, level, l.withPrefix(text))
	}
}

// Raw writes text as it is, for the logo; as JSON it is a notice.
func (l *Logger) Raw(text string) {
	if l.json {
		l.Notice("%s", text)
		return
	}
	if !l.Enabled(Notice) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write([]byte(strings.TrimRight(text, "\n") + "\n"))
}

func (l *Logger) withPrefix(text string) string {
	if l.prefix == "" {
		return text
	}
	return "[" + l.prefix + "] " + text
}

func (l *Logger) writeText(now time.Time, level Level, text string) {
	b := fmt.Appendf(l.buf[:0], "%d:%c ", l.pid, l.role.Load())
	b = now.AppendFormat(b, "02 Jan 2006 15:04:05.000")
	b = append(b, ' ', levels[level].mark, ' ')
	b = append(b, l.withPrefix(text)...)
	b = append(b, '\n')
	l.write(b)
	if cap(b) <= 4096 {
		l.buf = b
	}
}

func (l *Logger) writeJSON(now time.Time, level Level, text string) {
	h := slog.NewJSONHandler(writerFunc(l.write), &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: levelName})
	r := slog.NewRecord(now, levels[level].slog, text, 0)
	r.AddAttrs(slog.Int("pid", l.pid), slog.String("role", string(rune(l.role.Load()))))
	if l.prefix != "" {
		r.AddAttrs(slog.String("node", l.prefix))
	}
	h.Handle(context.Background(), r)
}

// levelName writes Redis' names in place of slog's.
func levelName(_ []string, a slog.Attr) slog.Attr {
	if a.Key != slog.LevelKey {
		return a
	}
	for _, l := range levels {
		if a.Value.Any() == l.slog {
			return slog.String(slog.LevelKey, l.name)
		}
	}
	return a
}

type writerFunc func([]byte) error

func (f writerFunc) Write(b []byte) (int, error) { return len(b), f(b) }

// write sends one line to the sink. The file is opened for every line, as Redis
// does: it may be rotated by renaming it at any time. A line that cannot be
// written is lost; there is nobody to tell.
func (l *Logger) write(b []byte) error {
	if l.file == "" {
		_, err := l.out.Write(b)
		return err
	}
	f, err := os.OpenFile(l.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
