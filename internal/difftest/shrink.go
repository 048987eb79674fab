package difftest

import "slices"

// shrinkTries bounds the histories played while shrinking one.
const shrinkTries = 3000

// Shrink returns a smaller history for which fails still holds. It assumes that fails holds for h: first it takes away
// steps, in chunks of half the history down to single ones (delta debugging), then it makes single steps simpler.
func Shrink(h History, fails func(History) bool) History {
	tries := 0
	check := func(steps []Step) bool {
		if tries++; tries > shrinkTries {
			return false
		}
		return fails(History{Oracle: h.Oracle, Proto: h.Proto, Cluster: h.Cluster, Half: h.Half, Events: h.Events, Steps: steps})
	}
	for {
		before := len(h.Steps)
		h.Steps = dropSteps(h.Steps, check)
		h.Steps = simplifySteps(h.Steps, check)
		if len(h.Steps) == before || tries > shrinkTries {
			return h
		}
	}
}

// dropSteps removes chunks as long as the rest still fails.
func dropSteps(steps []Step, check func([]Step) bool) []Step {
	for size := max(1, len(steps)/2); ; size /= 2 {
		for at := 0; at < len(steps); {
			rest := slices.Delete(slices.Clone(steps), at, min(at+size, len(steps)))
			if len(rest) > 0 && check(rest) {
				steps = rest // the next chunk has moved to at
			} else {
				at += size
			}
		}
		if size <= 1 {
			return steps
		}
	}
}

// simplifySteps tries on each step: the first connection, fewer arguments, shorter ones.
func simplifySteps(steps []Step, check func([]Step) bool) []Step {
	steps = slices.Clone(steps)
	try := func(i int, simpler Step) bool {
		old := steps[i]
		steps[i] = simpler
		if check(slices.Clone(steps)) {
			return true
		}
		steps[i] = old
		return false
	}
	for i := range steps {
		if steps[i].Conn != 0 {
			try(i, Step{Args: steps[i].Args, Raw: steps[i].Raw})
		}
		for arg := len(steps[i].Args) - 1; arg > 0; arg-- {
			s := steps[i]
			s.Args = slices.Delete(slices.Clone(s.Args), arg, arg+1)
			if try(i, s) {
				continue
			}
			for shorten(i, arg, steps, try) {
			}
		}
	}
	return steps
}

// shorten halves one argument and says whether that still fails.
func shorten(i, arg int, steps []Step, try func(int, Step) bool) bool {
	s := steps[i]
	n := len(s.Args[arg])
	if n < 2 {
		return false
	}
	s.Args = slices.Clone(s.Args)
	s.Args[arg] = s.Args[arg][:n/2]
	return try(i, s)
}

// ShrinkOn shrinks a history that diverges on the pair. What is left diverges at the same command, so that shrinking does not
// slide to another difference, perhaps a known one.
func ShrinkOn(p Pair, h History, first *Divergence) History {
	return Shrink(h, func(h History) bool {
		d, err := Run(p, h)
		return err == nil && d != nil && d.command() == first.command()
	})
}
