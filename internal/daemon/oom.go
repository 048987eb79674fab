package daemon

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// oomFile is the kernel's knob; see proc(5).
const oomFile = "/proc/self/oom_score_adj"

// OOMScore sets the process' score for the out of memory killer. The zero
// value is ready; there is one per process.
type OOMScore struct {
	path    string // "": oomFile
	base    int    // what the process started with
	touched bool   // base is known, the file was written
}

// Apply sets the score: mode is the directive oom-score-adj (no, yes for
// relative to what the process started with, absolute), value comes from
// oom-score-adj-values. Back to no restores the first score.
func (o *OOMScore) Apply(mode string, value int) error {
	path := o.path
	if path == "" {
		path = oomFile
	}
	if mode == "no" && !o.touched {
		return nil
	}
	if !o.touched {
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("oom_score_adj cannot be read: %w", err)
		}
		if o.base, err = strconv.Atoi(strings.TrimSpace(string(b))); err != nil {
			return fmt.Errorf("oom_score_adj cannot be read: %w", err)
		}
	}
	score := value
	switch mode {
	case "no":
		score = o.base
	case "yes":
		score += o.base
	}
	score = max(-1000, min(1000, score))
	o.touched = true
	if err := os.WriteFile(path, []byte(strconv.Itoa(score)), 0); err != nil {
		return fmt.Errorf("oom_score_adj cannot be written: %w", err)
	}
	return nil
}
