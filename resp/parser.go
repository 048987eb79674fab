package resp

import (
	"bytes"
	"fmt"
)

// Limits bound what the parser accepts, in bytes or arguments.
type Limits struct {
	MaxArgs   int // arguments of a command
	MaxBulk   int // length of one argument
	MaxInline int // length of an inline command, or of a length line
	// Anonymous chooses the error texts for clients that have not
	// authenticated.
	Anonymous bool
}

const (
	// maxInline is how long an inline command or a length line may be.
	maxInline = 64 << 10
	// maxArgs is Redis' bound for the length of a command, INT_MAX.
	maxArgs = 1<<31 - 1
	// What a client may send before it has authenticated.
	anonymousArgs = 10
	anonymousBulk = 16384
)

// AuthenticatedLimits are the limits for clients that may run commands;
// maxBulk is proto-max-bulk-len.
func AuthenticatedLimits(maxBulk int) Limits {
	return Limits{MaxArgs: maxArgs, MaxBulk: maxBulk, MaxInline: maxInline}
}

// AnonymousLimits are the limits before authentication.
func AnonymousLimits() Limits {
	return Limits{MaxArgs: anonymousArgs, MaxBulk: anonymousBulk, MaxInline: maxInline, Anonymous: true}
}

// ProtocolError is what a client reads, behind "-ERR ", before it is closed.
type ProtocolError string

func (e ProtocolError) Error() string { return string(e) }

const (
	errInlineTooBig  = ProtocolError("Protocol error: too big inline request")
	errQuotes        = ProtocolError("Protocol error: unbalanced quotes in request")
	errCountTooBig   = ProtocolError("Protocol error: too big mbulk count string")
	errCount         = ProtocolError("Protocol error: invalid multibulk length")
	errAnonymousArgs = ProtocolError("Protocol error: unauthenticated multibulk length")
	errBulkTooBig    = ProtocolError("Protocol error: too big bulk count string")
	errBulk          = ProtocolError("Protocol error: invalid bulk length")
	errAnonymousBulk = ProtocolError("Protocol error: unauthenticated bulk length")
)

// Parser is the framing state of one connection. The zero value is ready.
type Parser struct {
	// Of an incomplete array command: the arguments found so far, how many
	// are to come, and where to go on. spans is nil between commands.
	spans []span
	left  int
	pos   int
	need  int
	// scanned: how much of an unfinished line holds no line end.
	scanned int
}

// span is one argument as offsets from the start of the command.
type span struct{ from, to int }

// Reset forgets an incomplete command; the next call of Next starts anew.
func (p *Parser) Reset() { *p = Parser{} }

// Need is the length that the incomplete command is known to have at least,
// counted from its first byte; 0 if nothing is known.
func (p *Parser) Need() int { return p.need }

// Next takes the command at the start of data. It appends the arguments to
// args and returns them with the number of bytes the command takes; n is 0 if
// data ends inside the command: then the caller calls again with the same
// bytes and more behind them. An empty command has n > 0 and no arguments.
// After an error the stream has no meaning any more.
func (p *Parser) Next(data []byte, args [][]byte, lim *Limits) (out [][]byte, n int, err error) {
	if len(data) == 0 {
		return args, 0, nil
	}
	if data[0] != '*' {
		return p.inline(data, args, lim)
	}
	if p.spans == nil {
		out, n, err = p.whole(data, args, lim)
		if n > 0 || err != nil {
			return out, n, err
		}
	}
	return p.partial(data, args, lim)
}

// whole parses a command that is complete, without keeping anything; n is 0 if
// it is not.
func (p *Parser) whole(data []byte, args [][]byte, lim *Limits) (out [][]byte, n int, err error) {
	count, pos, err := countLine(data, 1, p.scanned, lim)
	if err != nil || pos == 0 {
		return args, 0, err
	}
	for ; count > 0; count-- {
		var size int
		size, pos, err = bulkLine(data, pos, 0, lim)
		if err != nil || pos == 0 || size > len(data)-pos-2 {
			return args, 0, err
		}
		args = append(args, data[pos:pos+size:pos+size])
		pos += size + 2 // what ends a bulk is skipped unseen, as Redis does
	}
	p.Reset()
	return args, pos, nil
}

// partial parses a command that comes in pieces: from where it stopped.
func (p *Parser) partial(data []byte, args [][]byte, lim *Limits) (out [][]byte, n int, err error) {
	if p.spans == nil {
		count, pos, err := countLine(data, 1, p.scanned, lim)
		if err != nil {
			return args, 0, err
		}
		if pos == 0 {
			p.scanned = max(len(data)-2, 0) // all but the last byte, perhaps a lone '\r'
			return args, 0, nil
		}
		p.spans = make([]span, 0, min(count, 16))
		p.left, p.pos, p.scanned = count, pos, 0
	}
	for p.left > 0 {
		size, pos, err := bulkLine(data, p.pos, p.scanned, lim)
		if err != nil {
			return args, 0, err
		}
		if pos == 0 {
			p.scanned = max(len(data)-p.pos-1, 0)
			return args, 0, nil
		}
		if size > len(data)-pos-2 {
			p.need = pos + size + 2
			return args, 0, nil
		}
		p.spans = append(p.spans, span{pos, pos + size})
		p.left--
		p.pos, p.scanned, p.need = pos+size+2, 0, 0
	}
	for _, s := range p.spans {
		args = append(args, data[s.from:s.to:s.to])
	}
	n = p.pos
	p.Reset()
	return args, n, nil
}

// countLine reads the "*N" line; from is where N begins. next is the position
// behind the line, 0 if it is not complete. Counts below 1 are an empty command.
func countLine(data []byte, from, scanned int, lim *Limits) (count, next int, err error) {
	// One digit is what nearly all commands have.
	if len(data) > from+2 && data[from+1] == '\r' && data[from]-'0' < 10 {
		return int(data[from] - '0'), from + 3, nil
	}
	line, next := lengthLine(data, from, scanned)
	if next == 0 {
		if len(data)-from > lim.MaxInline {
			return 0, 0, errCountTooBig
		}
		return 0, 0, nil
	}
	v, ok := ParseInt(line)
	switch {
	case !ok || v > maxArgs:
		return 0, 0, errCount
	case v > int64(lim.MaxArgs):
		return 0, 0, errAnonymousArgs
	}
	return int(max(v, 0)), next, nil
}

// bulkLine reads the "$N" line at pos. next is the position behind the line, 0
// if it is not complete.
func bulkLine(data []byte, pos, scanned int, lim *Limits) (size, next int, err error) {
	if pos >= len(data) {
		return 0, 0, nil
	}
	if data[pos] == '$' && pos+4 < len(data) {
		d := data[pos+1] - '0'
		if d < 10 {
			if data[pos+2] == '\r' {
				return int(d), pos + 4, nil
			}
			if e := data[pos+2] - '0'; e < 10 && data[pos+3] == '\r' && d > 0 {
				return int(d)*10 + int(e), pos + 5, nil
			}
		}
	}
	line, next := lengthLine(data, pos, scanned)
	if next == 0 {
		if len(data)-pos > lim.MaxInline {
			return 0, 0, errBulkTooBig
		}
		return 0, 0, nil
	}
	if data[pos] != '$' {
		return 0, 0, ProtocolError(fmt.Sprintf("Protocol error: expected '$', got '%c'", data[pos]))
	}
	v, ok := ParseInt(line[1:])
	switch {
	case !ok || v < 0 || v > int64(lim.MaxBulk) && !lim.Anonymous:
		return 0, 0, errBulk
	case v > int64(lim.MaxBulk):
		return 0, 0, errAnonymousBulk
	}
	return int(v), next, nil
}

// lengthLine returns the text from pos to the next '\r' and the position two
// bytes further, 0 if that has not come. The first scanned bytes hold none.
func lengthLine(data []byte, pos, scanned int) (line []byte, next int) {
	from := pos + scanned
	if from > len(data) {
		return nil, 0
	}
	i := bytes.IndexByte(data[from:], '\r')
	if i < 0 || from+i+1 >= len(data) {
		return nil, 0
	}
	return data[pos : from+i], from + i + 2
}

// inline parses a line of words.
func (p *Parser) inline(data []byte, args [][]byte, lim *Limits) (out [][]byte, n int, err error) {
	i := bytes.IndexByte(data[p.scanned:], '\n')
	if i < 0 {
		if len(data) > lim.MaxInline {
			return args, 0, errInlineTooBig
		}
		p.scanned = len(data)
		return args, 0, nil
	}
	end := p.scanned + i
	p.Reset()
	line := data[:end]
	if end > 0 && line[end-1] == '\r' {
		line = line[:end-1]
	}
	out, ok := SplitWords(line, args)
	if !ok {
		return args, 0, errQuotes
	}
	return out, end + 1, nil
}
