package resp

import (
	"bytes"
	"strings"
)

// Error replies, without the leading '-'. Every text that more than one place
// replies stands here; what belongs to one command stands beside its handler.
const (
	ErrSyntax         = "ERR syntax error"
	ErrWrongType      = "WRONGTYPE Operation against a key holding the wrong kind of value"
	ErrNotInteger     = "ERR value is not an integer or out of range"
	ErrNotFloat       = "ERR value is not a valid float"
	ErrOutOfRange     = "ERR index out of range"
	ErrNoSuchKey      = "ERR no such key"
	ErrSameObject     = "ERR source and destination objects are the same"
	ErrOffset         = "ERR offset is out of range"
	ErrStringTooLong  = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
	ErrOverflow       = "ERR increment or decrement would overflow"
	ErrDBIndex        = "ERR DB index is out of range"
	ErrInvalidDBIndex = "ERR invalid DB index"
	ErrOOM            = "OOM command not allowed when used memory > 'maxmemory'."
	ErrNoAuth         = "NOAUTH Authentication required."
	ErrWrongPass      = "WRONGPASS invalid username-password pair or user is disabled."
	ErrNoProto        = "NOPROTO unsupported protocol version"
	ErrNestedMulti    = "ERR MULTI calls can not be nested"
	ErrExecNoMulti    = "ERR EXEC without MULTI"
	ErrDiscardNoMulti = "ERR DISCARD without MULTI"
	ErrWatchInMulti   = "ERR WATCH inside MULTI is not allowed"
	ErrNotInMulti     = "ERR Command not allowed inside a transaction"
	ErrExecAbort      = "EXECABORT Transaction discarded because of previous errors."
	ErrLoading        = "LOADING Redis is loading the dataset in memory"
	ErrCrossSlot      = "CROSSSLOT Keys in request don't hash to the same slot"
	ErrTryAgain       = "TRYAGAIN Multiple keys request during rehashing of slot"
	ErrDownState      = "CLUSTERDOWN The cluster is down"
	ErrDownReadOnly   = "CLUSTERDOWN The cluster is down and only accepts read commands"
	ErrDownUnbound    = "CLUSTERDOWN Hash slot not served"
	ErrNoCluster      = "ERR This instance has cluster support disabled"
	ErrMaxClients     = "ERR max number of clients reached"
)

// Quoted is an argument as error texts show it: they are C strings, which end at
// the first NUL byte.
func Quoted(arg []byte) string {
	if i := bytes.IndexByte(arg, 0); i >= 0 {
		arg = arg[:i]
	}
	return string(arg)
}

// quotedUpTo is Quoted with at most n bytes.
func quotedUpTo(arg []byte, n int) string { return Quoted(arg[:min(len(arg), n)]) }

// UnknownCommand is the reply to a command that is not in the table. The
// arguments are quoted up to 128 bytes in all, as Redis does.
func UnknownCommand(args [][]byte) string {
	var b strings.Builder
	b.WriteString("ERR unknown command '")
	b.WriteString(quotedUpTo(args[0], 128))
	b.WriteString("', with args beginning with: ")
	for quoted := 0; len(args) > 1 && quoted < 128; args = args[1:] {
		a := quotedUpTo(args[1], 128-quoted)
		b.WriteByte('\'')
		b.WriteString(a)
		b.WriteString("' ")
		quoted += len(a) + 3
	}
	return b.String()
}

// UnknownSubcommand is the reply to a subcommand that its container lacks.
func UnknownSubcommand(sub []byte, container string) string {
	return "ERR unknown subcommand '" + quotedUpTo(sub, 128) + "'. Try " + strings.ToUpper(container) + " HELP."
}

// SubcommandSyntax is the reply of handlers that parse their subcommands
// themselves and found one that fits neither by name nor by arity.
func SubcommandSyntax(sub []byte, container string) string {
	return "ERR unknown subcommand or wrong number of arguments for '" + quotedUpTo(sub, 128) + "'. Try " + strings.ToUpper(container) + " HELP."
}

// WrongArity is the reply to a command with too few or too many arguments.
func WrongArity(fullName string) string {
	return "ERR wrong number of arguments for '" + fullName + "' command"
}

// InvalidExpire is the reply to an expire time that cannot be.
func InvalidExpire(command string) string {
	return "ERR invalid expire time in '" + command + "' command"
}

// ProtectedCommand is the reply to DEBUG and MODULE when the configuration
// does not allow them.
func ProtectedCommand(name, directive string) string {
	return "ERR " + name + " command not allowed. If the " + directive + " option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server."
}
