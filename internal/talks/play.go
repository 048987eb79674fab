package talks

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Record plays the talk on a server with one thread and returns what each step brought, up to
// the one that failed.
func Record(addr string, t *Talk, proto int) ([][]Message, error) {
	s, err := Open(addr, t, proto)
	if err != nil {
		return nil, err
	}
	var out [][]Message
	for i := range t.Steps {
		got, err := s.record(&t.Steps[i])
		if err != nil {
			return out, errors.Join(fmt.Errorf("%s: %w", &t.Steps[i], err), s.Close())
		}
		out = append(out, got)
	}
	if err := s.finish(); err != nil {
		return out, errors.Join(err, s.Close())
	}
	return out, s.Close()
}

func (s *Stage) record(step *Step) ([]Message, error) {
	if err := s.act(step); err != nil {
		return nil, err
	}
	if err := s.fence(s.conns[step.Conn]); err != nil {
		return nil, err
	}
	if err := s.settle(step); err != nil {
		return nil, err
	}
	got, err := s.arrived(step)
	step.sort(got)
	return got, err
}

// settle gives messages time to get from the server's side of the kernel to ours. What was recorded earlier says how many there
// will be.
func (s *Stage) settle(step *Step) error {
	time.Sleep(settling)
	if step.Mark != "" {
		return nil
	}
	for _, name := range s.order {
		if n := len(of(*step.want(s.proto), name)); n > 0 && !s.conns[name].left {
			if err := s.conns[name].awaitSome(n, hinted); err != nil {
				return err
			}
		}
	}
	return nil
}

// Replay plays the talk on a server and returns the first step that brings something else than it should.
func Replay(addr string, t *Talk, proto int) error {
	s, err := Open(addr, t, proto)
	if err != nil {
		return err
	}
	for i := range t.Steps {
		step := &t.Steps[i]
		if err := s.expect(step, *step.want(proto)); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", step, err), s.Close())
		}
	}
	if err := s.finish(); err != nil {
		return errors.Join(err, s.Close())
	}
	return s.Close()
}

// expect plays a step and wants exactly these messages.
func (s *Stage) expect(step *Step, want []Message) error {
	if err := s.act(step); err != nil {
		return err
	}
	var got []Message
	for _, name := range s.order {
		for range of(want, name) {
			text, err := s.awaitText(s.conns[name], step)
			if err == errNothing {
				break
			}
			if err != nil {
				return err
			}
			got = append(got, Message{name, text})
		}
	}
	more, err := s.arrived(step)
	if err != nil {
		return err
	}
	got = append(got, more...)
	step.sort(got)
	return compare(want, got)
}

// awaitText waits for the next message of a connection.
func (s *Stage) awaitText(c *conn, step *Step) (string, error) {
	for deadline := time.Now().Add(c.wait); ; {
		v, err := c.next(time.Until(deadline))
		text, err := s.read(c, v, err, step)
		if err != nil || text != "" {
			return text, err
		}
	}
}

// compare compares connection by connection.
func compare(want, got []Message) error {
	var names []string
	for _, m := range append(slices.Clone(want), got...) {
		if !slices.Contains(names, m.Conn) {
			names = append(names, m.Conn)
		}
	}
	slices.Sort(names)
	var diff []string
	for _, name := range names {
		if w, g := of(want, name), of(got, name); !slices.Equal(w, g) {
			diff = append(diff, fmt.Sprintf("%s gets  %s\n  should %s", name, list(g), list(w)))
		}
	}
	if diff != nil {
		return errors.New(strings.Join(diff, "\n"))
	}
	return nil
}

func list(texts []string) string {
	if len(texts) == 0 {
		return "nothing"
	}
	return strings.Join(texts, "\n         ")
}

// finish finds messages that came after their step was over: every connection answers RESET, in whatever state it is, and
// nothing may come before.
func (s *Stage) finish() error {
	if s.owed > 0 { // paused: nobody answers
		return nil
	}
	if _, err := s.control.do("CLIENT", "UNPAUSE"); err != nil {
		return err
	}
	for _, name := range s.order {
		if c := s.conns[name]; !c.left && !c.gone {
			if err := s.reset(c); err != nil {
				return fmt.Errorf("%s at the end: %w", name, err)
			}
		}
	}
	return nil
}

// reset wants nothing from a connection but RESET's reply. Who still waits is let go, maybe several times, and may say so.
func (s *Stage) reset(c *conn) error {
	waited, err := s.letGo(c)
	if err != nil {
		return err
	}
	if err := c.send([]string{"RESET"}); err != nil {
		return err
	}
	for deadline := time.Now().Add(c.wait); ; {
		v, err := c.next(quietTime)
		if err == errNothing && time.Now().Before(deadline) {
			if _, err := s.letGo(c); err != nil {
				return err
			}
			continue
		}
		text, err := s.read(c, v, err, &Step{})
		switch {
		case err != nil || text == "+RESET":
			return err
		case !waited && text != "" && !strings.HasPrefix(text, "+["): // who monitors sees the others' RESET
			return fmt.Errorf("%s comes", text)
		}
	}
}

// letGo unblocks a connection that waits.
func (s *Stage) letGo(c *conn) (waited bool, err error) {
	line, err := s.clientLine(c)
	if err != nil || !blocked(line) {
		return false, err
	}
	_, err = s.control.do("CLIENT", "UNBLOCK", c.id)
	return true, err
}
