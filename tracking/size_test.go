package tracking

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// Shards do not share cache lines.
func TestShardFillsItsLines(t *testing.T) { require.Zero(t, unsafe.Sizeof(shard{})%64) }
