package config

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func set(c *Config, words ...string) error {
	var pairs []Pair
	for i := 0; i < len(words); i += 2 {
		pairs = append(pairs, Pair{words[i], words[i+1]})
	}
	return c.Set(pairs, false)
}

func TestSet(t *testing.T) {
	c := New()
	require.NoError(t, set(c, "MaxMemory", "1mb", "slave-priority", "1", "replica-priority", "2", "timeout", "5"))
	require.EqualValues(t, 1<<20, c.Int("maxmemory"))
	require.EqualValues(t, 2, c.Int("replica-priority"))
	require.NoError(t, set(c, "client-output-buffer-limit", "pubsub 1 2 3"))
	require.NoError(t, set(c, "client-output-buffer-limit", ""))
	require.Equal(t, OutputLimit{1, 2, 3}, c.OutputLimits().PubSub)
	require.EqualValues(t, 256<<20, c.OutputLimits().Replica.Hard)
}

func TestSetErrors(t *testing.T) {
	c := New()
	for _, k := range []struct {
		words []string
		want  string
	}{
		{[]string{"maxmemory", "0", "FOO", "1"}, "Unknown option or number of arguments for CONFIG SET - 'FOO'"},
		{[]string{"maxmemory", "0", "maxmemory", "1"}, "CONFIG SET failed (possibly related to argument 'maxmemory') - duplicate parameter"},
		{[]string{"cluster-enabled", "yes"}, "CONFIG SET failed (possibly related to argument 'cluster-enabled') - can't set immutable config"},
		{[]string{"dir", "/"}, "CONFIG SET failed (possibly related to argument 'dir') - can't set protected config"},
		{[]string{"timeout", "1", "PORT", "x"}, "CONFIG SET failed (possibly related to argument 'port') - argument couldn't be parsed into an integer"},
		{[]string{"appendonly", "yes"}, "CONFIG SET failed (possibly related to argument 'appendonly') - not built yet: the append only file"},
		{[]string{"save", "60 1"}, "CONFIG SET failed (possibly related to argument 'save') - not built yet: persistence"},
	} {
		require.EqualError(t, set(c, k.words...), k.want)
	}
	require.EqualValues(t, 0, c.Int("timeout"), "a refused CONFIG SET changes nothing")
}

func TestProtected(t *testing.T) {
	c, _, err := load(t, "enable-protected-configs local")
	require.NoError(t, err)
	require.Error(t, c.Set([]Pair{{"dir", "/"}}, false))
	require.NoError(t, c.Set([]Pair{{"dir", "/"}}, true))
	require.Equal(t, "/", c.String("dir"))
	require.False(t, c.Allowed("enable-debug-command", true))
}

func TestHooks(t *testing.T) {
	c := New()
	var log []string
	fail := false
	c.HookAll(func() error { log = append(log, "listen "+c.String("port")+" "+c.String("bind")); return nil }, "port", "bind")
	c.Hook("timeout", func() error {
		log = append(log, "timeout "+c.String("timeout"))
		if fail {
			return errors.New("no luck")
		}
		return nil
	})
	require.NoError(t, set(c, "port", "1", "bind", "a b", "timeout", "0"))
	require.Equal(t, []string{"listen 1 a b"}, log, "once for both, not for what did not change")
	log, fail = nil, true
	require.EqualError(t, set(c, "port", "2", "timeout", "7"),
		"CONFIG SET failed (possibly related to argument 'timeout') - no luck")
	require.Equal(t, []string{"listen 2 a b", "timeout 7", "listen 1 a b", "timeout 0"}, log)
	require.EqualValues(t, 1, c.Int("port"))
	require.EqualValues(t, 0, c.Int("timeout"))
}

func TestGet(t *testing.T) {
	c := New()
	require.Equal(t, []Pair{{"maxmemory", "0"}, {"maxmemory-clients", "0"}, {"maxmemory-eviction-tenacity", "10"},
		{"maxmemory-policy", "noeviction"}, {"maxmemory-samples", "5"}}, c.Get("MAXmem*", "maxmemory", "nope"))
	require.Equal(t, []Pair{{"MAXMEMORY", "0"}}, c.Get("MAXMEMORY"))
	require.Equal(t, []Pair{{"key-load-delay", "0"}}, c.Get("key-load-delay"))
	require.Empty(t, c.Get("key-load-*"))
	require.Equal(t, []Pair{{"slave-priority", "100"}, {"replica-priority", "100"}}, c.Get("slave-priority", "replica-priority"))
	shown := 0
	for _, hidden := range goldenNames(t) {
		if !hidden {
			shown++
		}
	}
	require.Len(t, c.Get("*"), shown+len(ours))
}

// Readers see old or new values while CONFIG SET runs; the race detector looks
// at the rest.
func TestConcurrentReaders(t *testing.T) {
	c := New()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				c.Int("timeout")
				c.String("bind")
				c.Get("*")
			}
		})
	}
	for i := range 200 {
		require.NoError(t, set(c, "timeout", itoa(int64(i), false), "bind", "a b"))
	}
	wg.Wait()
}
