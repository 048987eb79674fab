package server

import (
	"runtime/debug"
	"sync"
)

// buildSettings are what the Go tool noted about this binary.
var buildSettings = sync.OnceValue(func() map[string]string {
	out := make(map[string]string)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			out[s.Key] = s.Value
		}
	}
	return out
})

// buildRevision is the first eight digits of the source's commit, zeros if it
// was not built from a repository, and whether there were changes beside it.
func buildRevision() (short string, dirty bool) {
	s := buildSettings()
	return (s["vcs.revision"] + "00000000")[:8], s["vcs.modified"] == "true"
}

// buildID tells builds apart: the sixteen first digits of the commit.
func buildID() string { return (buildSettings()["vcs.revision"] + "0000000000000000")[:16] }
