package server

import (
	"fmt"
	"strconv"
	"strings"
)

// The size of LATENCY GRAPH: samples in a row, and lines of characters, each of
// which has three steps of height.
const (
	graphColumns = 80
	graphLines   = 4
	graphSteps   = "_o#"
)

// graph draws the spikes, the oldest first: columns between the least and the
// greatest, and under each how long ago it was, from top to bottom.
func (s *spikes) graph(event string, now int64) string {
	list := s.list()
	low, high := int64(0), int64(0)
	for i, p := range list {
		if i == 0 {
			low = p.ms
		}
		low, high = min(low, p.ms), max(high, p.ms)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s - high %d ms, low %d ms (all time high %d ms)\n", event, high, low, s.most)
	out.WriteString(strings.Repeat("-", graphColumns) + "\n")
	for i := 0; i < len(list); i += graphColumns {
		if i > 0 {
			out.WriteByte('\n')
		}
		row := list[i:min(i+graphColumns, len(list))]
		drawColumns(&out, row, low, high)
		drawAges(&out, row, now)
	}
	return out.String()
}

func drawColumns(out *strings.Builder, row []spike, low, high int64) {
	const steps = graphLines * int64(len(graphSteps))
	for line := range graphLines {
		floor := (graphLines - 1 - line) * len(graphSteps)
		for _, p := range row {
			step := int(min((p.ms-low)*steps/max(high-low, 1), steps-1)) - floor
			switch {
			case step < 0:
				out.WriteByte(' ')
			case step < len(graphSteps):
				out.WriteByte(graphSteps[step])
			default:
				out.WriteByte('|')
			}
		}
		out.WriteByte('\n')
	}
}

func drawAges(out *strings.Builder, row []spike, now int64) {
	longest := 0
	labels := make([]string, len(row))
	for i, p := range row {
		labels[i] = age(now - p.unix)
		longest = max(longest, len(labels[i]))
	}
	for line := -1; line < longest; line++ { // the first one is empty
		for _, l := range labels {
			if line >= 0 && line < len(l) {
				out.WriteByte(l[line])
			} else {
				out.WriteByte(' ')
			}
		}
		out.WriteByte('\n')
	}
}

// age prints seconds in the greatest unit that has one.
func age(seconds int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if seconds >= u.size {
			return strconv.FormatInt(seconds/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(seconds, 10) + "s"
}
