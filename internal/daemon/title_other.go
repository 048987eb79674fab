//go:build !linux

package daemon

import "errors"

// OwnArgs makes SetTitle possible, where it is.
func OwnArgs() {}

// SetTitle changes what ps shows of the process, which this system does not
// offer.
func SetTitle(string) error { return errors.ErrUnsupported }
