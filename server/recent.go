package server

// recentSeconds is how far back "recently" goes, as in Redis.
const recentSeconds = 8

// recentPeaks are the longest buffers of the connections of a loop in the last
// seconds. Its owner writes and reads.
type recentPeaks [recentSeconds]struct {
	second  int64 // since the server's start, that the place is for
	in, out int   // bytes
}

// note counts in what a connection holds now, ns since the server's start.
func (p *recentPeaks) note(now int64, in, out int) {
	second := now / 1e9
	at := &p[second%recentSeconds]
	if at.second != second {
		at.second, at.in, at.out = second, 0, 0
	}
	at.in, at.out = max(at.in, in), max(at.out, out)
}

// longest are the greatest lengths noted lately.
func (p *recentPeaks) longest(now int64) (in, out int) {
	for i := range p {
		if at := &p[i]; now/1e9-at.second < recentSeconds {
			in, out = max(in, at.in), max(out, at.out)
		}
	}
	return in, out
}
