package talks

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"clusternode/resp"
)

const (
	fenceRounds = 3                     // PINGs after which a server with one thread has sent all
	quietTime   = 40 * time.Millisecond // what "is quiet" waits
	settling    = time.Millisecond      // what has been sent may still be in the kernel's hands
	hinted      = 300 * time.Millisecond
	poll        = time.Millisecond
)

// Stage is a server with the connections of a talk.
type Stage struct {
	control *conn
	conns   map[string]*conn
	order   []string
	byID    map[string]string // "$a" by client id
	addrs   *strings.Replacer // addresses by "@a"
	proto   int
	undo    [][2]string // directives to put back
	owed    int         // replies that the control connection still has to get
}

// Open empties a server and connects. Every connection knows its client id; all ids are above 100, so that small numbers in
// replies are what they seem.
func Open(addr string, t *Talk, proto int) (*Stage, error) {
	s := &Stage{conns: map[string]*conn{}, order: t.Conns(), byID: map[string]string{}, proto: proto}
	if err := s.connect(addr, t); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stage) connect(addr string, t *Talk) (err error) {
	if s.control, err = dial(addr, "control"); err != nil {
		return err
	}
	for {
		v, err := s.control.do("CLIENT", "ID")
		if err != nil {
			return err
		}
		if s.control.id = v.Str; len(v.Str) > 2 {
			break
		}
		s.control.nc.Close()
		if s.control, err = dial(addr, "control"); err != nil {
			return err
		}
	}
	if _, err := s.control.do("FLUSHALL"); err != nil {
		return err
	}
	for _, d := range t.Config {
		if err := s.configure(d[0], d[1]); err != nil {
			return err
		}
	}
	names := []string{addr, "@server"}
	for _, name := range s.order {
		c, err := dial(addr, name)
		if err != nil {
			return err
		}
		s.conns[name] = c
		if s.proto == 3 {
			if _, err := c.do("HELLO", "3"); err != nil {
				return err
			}
		}
		v, err := c.do("CLIENT", "ID")
		if err != nil {
			return err
		}
		c.id = v.Str
		s.byID[c.id] = "$" + name
		names = append(names, c.nc.LocalAddr().String(), "@"+name)
	}
	s.addrs = strings.NewReplacer(names...)
	return nil
}

// configure sets a directive until Close.
func (s *Stage) configure(name, value string) error {
	old, err := s.control.do("CONFIG", "GET", name)
	if err != nil || len(old.Elems) != 2 {
		return fmt.Errorf("CONFIG GET %s: %s %w", name, old, err)
	}
	s.undo = append(s.undo, [2]string{name, old.Elems[1].Str})
	_, err = s.control.do("CONFIG", "SET", name, value)
	return err
}

// Close ends all connections, waits until the server noticed, and puts directives back.
func (s *Stage) Close() error {
	var errs []error
	for _, c := range s.conns {
		c.nc.Close()
	}
	if s.control == nil {
		return nil
	}
	for _, c := range s.conns {
		errs = append(errs, s.awaitGone(c))
	}
	for _, d := range s.undo {
		_, err := s.control.do("CONFIG", "SET", d[0], d[1])
		errs = append(errs, err)
	}
	s.control.nc.Close()
	return errors.Join(errs...)
}

// act does what a step says. It does not read messages.
func (s *Stage) act(step *Step) error {
	c := s.conns[step.Conn]
	switch step.Kind {
	case says:
		cmds := make([][]string, len(step.Cmds))
		for i, cmd := range step.Cmds {
			cmds[i] = s.fillIn(cmd)
		}
		err := c.send(cmds...)
		for name := range s.conns {
			if n := count(step.Wakes, name); n > 0 && err == nil {
				err = s.conns[name].awaitMessages(n)
			}
		}
		return err
	case waits:
		return s.awaitBlocked(c)
	case wakes:
		return c.awaitMessages(1)
	case quiet:
		time.Sleep(quietTime)
	case closes:
		c.left = true
		c.nc.Close()
		return s.awaitGone(c)
	case passing:
		time.Sleep(time.Duration(step.Pause) * time.Millisecond)
	}
	return nil
}

// fillIn puts ids for $a and addresses for @a.
func (s *Stage) fillIn(cmd []string) []string {
	out := make([]string, len(cmd))
	for i, w := range cmd {
		out[i] = w
		if len(w) == 2 && s.conns[w[1:]] != nil {
			switch c := s.conns[w[1:]]; w[0] {
			case '$':
				out[i] = c.id
			case '@':
				out[i] = c.nc.LocalAddr().String()
			}
		}
	}
	return out
}

// clientLine is the connection's line of CLIENT LIST; "" when it is gone.
func (s *Stage) clientLine(c *conn) (string, error) {
	v, err := s.control.do("CLIENT", "LIST", "ID", c.id)
	return v.Str, err
}

func (s *Stage) awaitBlocked(c *conn) error {
	line := ""
	for deadline := time.Now().Add(c.wait); time.Now().Before(deadline); time.Sleep(poll) {
		var err error
		if line, err = s.clientLine(c); err != nil {
			return err
		}
		if blocked(line) {
			return nil
		}
	}
	got, err := s.arrived(&Step{})
	return errors.Join(fmt.Errorf("%s does not wait: %sand these came: %v", c.name, line, got), err)
}

func blocked(line string) bool {
	_, flags, _ := strings.Cut(line, " flags=")
	flags, _, _ = strings.Cut(flags, " ")
	return strings.Contains(flags, "b")
}

func (s *Stage) awaitGone(c *conn) error {
	for deadline := time.Now().Add(c.wait); time.Now().Before(deadline); time.Sleep(poll) {
		if line, err := s.clientLine(c); err != nil || line == "" {
			return err
		}
	}
	return fmt.Errorf("the server still has %s, which is closed", c.name)
}

// read turns the outcome of a read into a message; text "" is none.
func (s *Stage) read(c *conn, v resp.Value, err error, step *Step) (string, error) {
	switch {
	case err == nil:
		return s.show(v, step), nil
	case err == errNothing:
		return "", err
	case err == io.EOF && !c.gone:
		c.gone = true
		return closedText, nil
	case err == io.EOF:
		return "", errNothing
	}
	return "", err
}

// arrived takes all messages that are there.
func (s *Stage) arrived(step *Step) ([]Message, error) {
	var out []Message
	for _, name := range s.order {
		for c := s.conns[name]; !c.left; {
			v, err := c.peek()
			text, err := s.read(c, v, err, step)
			if err == errNothing {
				break
			}
			if err != nil {
				return out, err
			}
			if text != "" {
				out = append(out, Message{name, text})
			}
		}
	}
	return out, nil
}

// fence returns once a server with one thread has sent all that the step brings. While CLIENT PAUSE holds back the control
// connection too, a moment has to do.
func (s *Stage) fence(sender *conn) error {
	if sender != nil && !sender.left {
		if err := sender.delivered(); err != nil && !errors.Is(err, syscall.EPIPE) {
			return err
		}
	}
	for range fenceRounds {
		if s.owed == 0 {
			if err := s.control.send([]string{"PING"}); err != nil {
				return err
			}
			s.owed++
		}
		_, err := s.control.next(quietTime)
		if err == errNothing {
			return nil
		}
		if err != nil {
			return err
		}
		s.owed--
	}
	return nil
}

// namesIDs says that integers in the replies may be client ids.
func (s *Step) namesIDs() bool {
	for _, cmd := range s.Cmds {
		if name := strings.ToUpper(cmd[0]); name == "CLIENT" || name == "HELLO" {
			return true
		}
	}
	return false
}

func count(names []string, name string) (n int) {
	for _, other := range names {
		if other == name {
			n++
		}
	}
	return n
}
