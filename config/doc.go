// Package config knows every directive of redis.conf: its name, its aliases,
// what values it takes, its default, and whether this server honours it.
//
// # Words
//
//   - Directive: one row of the table (table_*.go): name, alias, codec,
//     default, flags, status. The rows are the only place where a directive's
//     facts stand.
//   - Codec: how a directive's value is read from words, printed by CONFIG GET
//     and written by CONFIG REWRITE (codec.go, number.go, special.go).
//   - Value: one immutable value in canonical form.
//   - Config: the values of one node. Several nodes in one process each have
//     their own; nothing in the package is global but the table.
//   - Use: how the program uses a directive: a hook, a Var, or a read now and
//     then. cmd/clusternode/testdata/directives.txt lists it for all of them.
//   - Status: Built; NoMeaning (accepted, what it tunes does not exist here);
//     Waiting (accepted and kept, takes effect once the named part is built);
//     NotBuilt (only the default is accepted, anything else stops the start).
//
// # How a value travels
//
//	redis.conf, stdin, --directive ...     CONFIG SET name value ...
//	            | load.go                          | set.go
//	            v                                  v
//	      words -> codec.parse -> check -> Value -> cell -> hooks (CONFIG SET only)
//	                                                 |
//	   server: Int, Bool, IntVar (one atomic load) <-+-> Get (get.go), Rewrite (rewrite.go)
//
// # Who owns what
//
// The table is constant. A Config's cells are written under its mutex, which
// CONFIG SET holds from the first check to the last hook, and are read without
// a lock. A hook runs under that mutex: it may read, but must not Set, Load or
// Rewrite. No file is kept open.
//
// # Where to start
//
// directive.go for a row, table_net.go for examples, config.go for reading
// values, set.go for how CONFIG SET is all or nothing.
package config
