package server

import "fmt"

// wording is an error whose text clients or operators read as Redis words it.
type wording string

func (w wording) Error() string { return string(w) }

// phrase formats such an error.
func phrase(format string, args ...any) error { return wording(fmt.Sprintf(format, args...)) }
