//go:build linux

package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The chart is one bar per case: ours divided by redis-server on a logarithmic axis, with a line at 1.

const (
	chartWidth = 900
	labelWidth = 430
	barHeight  = 18
	headHeight = 34
	// axisSpan is the largest ratio, and the inverse of the smallest, that the axis shows.
	axisSpan = 4.0
)

// charted selects what the chart shows, in order: of a section the rows whose case contains one of the words.
var charted = []struct {
	section, title string
	words          []string
}{
	{"ops: server CPU", "server CPU per request (less is better)", []string{""}},
	{"ops: requests/s", "requests per second (more is better)", []string{"pipeline 16"}},
	{"memory: ", "resident bytes per key, 16 B key and 64 B value (less is better)", []string{"peak while loading", "some seconds later"}},
	{"memory of collections", "resident bytes of a collection or an element (less is better)", []string{""}},
	{"paced: ", "latency in an open loop (less is better)", []string{"p50", "p99", "p99.9"}},
}

// chart draws the report as SVG.
func (r *Report) chart() string {
	var body strings.Builder
	y := 60
	for _, group := range charted {
		rows := r.chartRows(group.section, group.words)
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&body, `<text x="12" y="%d" class="h">%s</text>`+"\n", y+16, html.EscapeString(group.title))
		y += headHeight - 6
		for _, row := range rows {
			y = drawBar(&body, y, row)
		}
		y += 14
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif">`+"\n", chartWidth, y+10, chartWidth, y+10)
	b.WriteString("<style>text{font-size:12px;fill:#222}.h{font-weight:bold;font-size:13px}.t{font-size:16px;font-weight:bold}.s{fill:#555}</style>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", chartWidth, y+10)
	fmt.Fprintf(&b, `<text x="12" y="24" class="t">%s divided by %s</text>`+"\n", html.EscapeString(r.Order[0]), html.EscapeString(r.Order[len(r.Order)-1]))
	fmt.Fprintf(&b, `<text x="12" y="44" class="s">%s: %s; %s: %s; %d processors shared with the load</text>`+"\n",
		html.EscapeString(r.Order[0]), html.EscapeString(r.Servers[r.Order[0]]), html.EscapeString(r.Order[1]), html.EscapeString(r.Servers[r.Order[1]]), r.CPUs)
	one := axis(1)
	fmt.Fprintf(&b, `<line x1="%.1f" y1="52" x2="%.1f" y2="%d" stroke="#444" stroke-dasharray="3 3"/>`+"\n", one, one, y)
	b.WriteString(body.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// chartRows picks a group's rows that have a ratio.
func (r *Report) chartRows(section string, words []string) []Row {
	var out []Row
	for _, row := range r.Rows {
		wanted := slices.ContainsFunc(words, func(w string) bool { return strings.Contains(row.Case, w) })
		if !wanted || !strings.HasPrefix(row.Section, section) || row.Ratio <= 0 {
			continue
		}
		switch section {
		case "memory: ":
			_, keys, _ := strings.Cut(row.Section, "64 B values, ")
			row.Case = keys + ": " + row.Case
		case "paced: ":
			_, what, _ := strings.Cut(row.Section, ": ")
			row.Case = what + ": " + row.Case
		}
		out = append(out, row)
	}
	return out
}

func drawBar(b *strings.Builder, y int, row Row) int {
	from, to := axis(1), axis(row.Ratio)
	color := "#2a7f3f"
	if row.Ratio > 1 == row.Less {
		color = "#b5452c"
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, labelWidth-10, y+13, html.EscapeString(row.Case))
	fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, min(from, to), y+3, max(math.Abs(to-from), 1), barHeight-6, color)
	anchor, at := "start", max(from, to)+5
	fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="%s">%.2f</text>`+"\n", at, y+13, anchor, row.Ratio)
	return y + barHeight
}

// axis is the place of a ratio.
func axis(ratio float64) float64 {
	ratio = min(max(ratio, 1/axisSpan), axisSpan)
	half := float64(chartWidth-labelWidth-60) / 2
	return labelWidth + half + half*math.Log(ratio)/math.Log(axisSpan)
}
