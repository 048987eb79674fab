package server

import (
	"fmt"
	"strings"
	"time"
)

// The words in which LATENCY DOCTOR of Redis begins, that tools look for.
const (
	doctorOff    = "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in order to enable it. If we weren't in a deep space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n"
	doctorCalm   = "Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. I honestly think you ought to sit down calmly, take a stress pill, and think things over.\n"
	doctorSpikes = "Dave, I have observed latency spikes in this Redis instance. You don't mind talking about it, do you Dave?\n\n"
	doctorAdvice = "\nI have a few advices for you:\n\n"
	doctorNone   = "\nWhile there are latency events logged, I'm not able to suggest any easy fix.\n"
)

// advice is what may help against spikes of some events.
type advice struct {
	events []string
	when   func(s *Server) bool // nil: always
	text   func(s *Server) string
}

var latencyAdvice = []advice{
	{[]string{eventCommand}, func(s *Server) bool { return s.obs.slowlog.off() }, func(s *Server) string {
		return fmt.Sprintf("The Slow Log is off, so nobody knows which commands were slow. Turn it on with 'CONFIG SET slowlog-log-slower-than %d'.",
			s.cfg.Int("latency-monitor-threshold")*1000)
	}},
	{[]string{eventCommand}, func(s *Server) bool {
		return !s.obs.slowlog.off() && s.cfg.Int("slowlog-log-slower-than")/1000 > s.cfg.Int("latency-monitor-threshold")
	}, func(s *Server) string {
		return fmt.Sprintf("The Slow Log keeps only commands that are slower than the latency monitor's threshold. Let it see what the monitor sees with 'CONFIG SET slowlog-log-slower-than %d'.",
			s.cfg.Int("latency-monitor-threshold")*1000)
	}},
	{[]string{eventCommand}, nil, func(*Server) string {
		return "Look into the Slow Log (SLOWLOG GET) for the commands that take long, and what they are called with."
	}},
	{[]string{eventCommand}, nil, func(*Server) string {
		return "A command that reads or writes a whole big value holds its slot as long as it runs. Split very large values into several keys, or read them in parts."
	}},
	{[]string{eventFastCommand, eventExpireCycle, eventDefragCycle, eventEvictionDel}, nil, func(*Server) string {
		return "Steps that should take microseconds take milliseconds: the process does not get the processor when it needs it. You may:\n" +
			"  1) Lower the load of the system, or use a machine for this server alone.\n" +
			"  2) Use fewer io-threads than there are processors.\n" +
			"  3) Look for noisy neighbours, if the machine is virtual.\n" +
			"  4) See with 'redis-cli --intrinsic-latency 100' what the machine can do at best."
	}},
	{[]string{eventEvictionCycle}, nil, func(*Server) string {
		return "Memory was short of much at once: after CONFIG SET of a lower maxmemory, or when a command stored something big (SORT, SUNIONSTORE and others with a destination, RESTORE). Lower maxmemory in steps."
	}},
}

// off reports whether nothing is logged.
func (l *slowlog) off() bool { return l.slower.Load() == never || l.maxLen.Load() == 0 }

// latencyReport is what LATENCY DOCTOR prints: the figures of all events, and
// what may help.
func (s *Server) latencyReport() string {
	names, events := s.obs.latency.list()
	if len(names) == 0 {
		if s.obs.latency.threshold.Load() == never {
			return doctorOff
		}
		return doctorCalm
	}
	var out strings.Builder
	out.WriteString(doctorSpikes)
	now := time.Now().Unix()
	for i, name := range names {
		of := events[name]
		st := of.stats(now)
		fmt.Fprintf(&out, "%d. %s: %d latency spikes (average %dms, mean deviation %dms, period %.2f sec). Worst all time event %dms.\n",
			i+1, name, st.n, st.average, st.deviation, float64(st.period)/float64(st.n), of.most)
	}
	var advised []string
	for _, a := range latencyAdvice {
		if a.concerns(events) && (a.when == nil || a.when(s)) {
			advised = append(advised, "- "+a.text(s)+"\n")
		}
	}
	if len(advised) == 0 {
		return out.String() + doctorNone
	}
	return out.String() + doctorAdvice + strings.Join(advised, "")
}

func (a *advice) concerns(events map[string]spikes) bool {
	for _, e := range a.events {
		if _, ok := events[e]; ok {
			return true
		}
	}
	return false
}
