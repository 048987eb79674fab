package difftest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A template is a command's syntax as reference manuals print it: upper-case words are literal up to their case, 'quoted'
// ones entirely, lower-case ones are placeholders (see words.go), [a b] is optional, (a | b) is one of several, and x... repeats x one to four times.
//
//	SET key value [NX | XX] [GET] [EX seconds | KEEPTTL]
//
// Neighbouring optional parts come out in any order, as servers accept them.
type template struct {
	text string
	root node
}

// node is a part of a template.
type node struct {
	word     string // a leaf when not empty
	alts     []seq  // a group otherwise
	optional bool
	repeat   bool
}

// seq is parts one after the other.
type seq []node

// parseTemplate panics on bad syntax: templates are constants of this package.
func parseTemplate(text string) template {
	spaced := text
	for _, sign := range []string{"[", "]", "(", ")", "|", "..."} {
		spaced = strings.ReplaceAll(spaced, sign, " "+sign+" ")
	}
	p := templateParser{words: strings.Fields(spaced)}
	alts := p.alternatives("")
	return template{text: text, root: node{alts: alts}}
}

type templateParser struct {
	words []string
	at    int
}

// alternatives reads up to the closing sign, "" for the end of the text.
func (p *templateParser) alternatives(end string) []seq {
	alts := []seq{nil}
	for ; p.at < len(p.words); p.at++ {
		last := &alts[len(alts)-1]
		switch w := p.words[p.at]; w {
		case end:
			return alts
		case "|":
			alts = append(alts, nil)
		case "[":
			p.at++
			*last = append(*last, node{alts: p.alternatives("]"), optional: true})
		case "(":
			p.at++
			*last = append(*last, node{alts: p.alternatives(")")})
		case "...":
			(*last)[len(*last)-1].repeat = true
		default:
			*last = append(*last, node{word: w})
		}
	}
	if end != "" {
		panic(fmt.Sprintf("template %q: no %s", strings.Join(p.words, " "), end))
	}
	return alts
}

// expand appends one random command of the template.
func (g *Generator) expand(dst []string, n node) []string {
	times := 1
	if n.optional {
		times = g.rng.IntN(2)
	}
	if n.repeat && times > 0 {
		times = 1 + g.skewed(4)
	}
	for range times {
		if many := manyPlaceholders[n.word]; many != nil {
			dst = append(dst, many(g)...)
			continue
		}
		if n.word != "" {
			dst = append(dst, g.word(n.word))
			continue
		}
		for _, part := range shuffleOptional(g.rng, n.alts[g.rng.IntN(len(n.alts))]) {
			dst = g.expand(dst, part)
		}
	}
	return dst
}

// shuffleOptional returns the parts with each run of optional ones in random order.
func shuffleOptional(rng *rand.Rand, parts seq) seq {
	out := slices.Clone(parts)
	for start := 0; start < len(out); start++ {
		end := start
		for end < len(out) && out[end].optional {
			end++
		}
		run := out[start:end]
		rng.Shuffle(len(run), func(i, j int) { run[i], run[j] = run[j], run[i] })
		start = max(start, end)
	}
	return out
}
