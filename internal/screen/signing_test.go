package screen

import (
	"context"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// pasted is when the examples are pasted in these tests: half a minute after their iat.
const pasted = 1795219230

// watch is a clock that tests move.
type watch struct{ at time.Time }

func newWatch() *watch { return &watch{time.Unix(pasted, 0)} }

func (w *watch) on(c *Config) { c.Clock = func() time.Time { return w.at } }

// refusing sends to a server that answers with 401 and the error.
func refusing(c *Config) {
	c.Preview = func(s Sending) ([]string, error) { return []string{"POST " + s.URL}, nil }
	c.Send = func(_ context.Context, s Sending) (Sent, error) {
		return Sent{Request: "POST /token HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" + s.Compact,
			Answer: "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n{\"error\":\"invalid_client\"}",
			Online: doctor.Online{Network: &evidence.Network{Sent: true}}}, nil
	}
}

// sign signs what is shown with the key file of that name.
func (d *desk) sign(key string) {
	d.t.Helper()
	d.press("s")
	d.types(keyFile(key))
	d.press("enter")
	if d.visit.signed == "" {
		d.t.Fatalf("nothing was signed: %s", d.status)
	}
}

// claim is a number among the claims that are shown.
func (d *desk) claim(name string) int64 {
	d.t.Helper()
	_, c := d.current()
	n, ok := object(c.Decoded.Claims)[name].(float64)
	if !ok {
		d.t.Fatalf("there is no %s", name)
	}
	return int64(n)
}

func causes(d *desk) []finding.CauseID {
	_, c := d.current()
	var out []finding.CauseID
	for i := range c.Findings {
		if c.Findings[i].Failed() {
			out = append(out, c.Findings[i].Cause)
		}
	}
	return out
}

// The server's answer to what was signed here is shown like any other.
func TestAnswerToWhatWasSigned(t *testing.T) {
	for name, steps := range map[string]func(*desk){
		"signed here": func(d *desk) { d.press("a"); d.sign("rsa-a.pem") },
		"as given":    func(*desk) {}, // the control
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, refusing)
			d.paste(example(t, "too-long.jwt"))
			steps(d)
			d.seesNot("[response ✓")
			d.press("t", "enter", "y")
			d.sees("[request ✓] [response ✓ 401]", "answer")
			if got := causes(d); len(got) == 0 {
				t.Error("the answer points to nothing")
			}
			if signed := d.visit.signed != ""; signed {
				d.press("c")
				if d.copied != d.visit.signed {
					t.Error("what was signed here cannot be copied any more")
				}
			}
			d.press("u")
			d.seesNot("[response ✓")
		})
	}
}

// Time goes on while somebody reads: what is made then is made as of then.
func TestNowMovesOn(t *testing.T) {
	for name, wait := range map[string]time.Duration{"14 seconds": 14 * time.Second, "a minute": time.Minute, "an hour": time.Hour, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			w := newWatch()
			d := open(t, w.on)
			d.paste(example(t, "good.jwt"))
			w.at = w.at.Add(wait)
			d.press("r")
			if got := causes(d); len(got) > 0 {
				t.Errorf("renewing brings about %v", got)
			}
			if iat := d.claim("iat"); iat != w.at.Unix() {
				t.Errorf("iat is %d s from now", iat-w.at.Unix())
			}
			w.at = w.at.Add(wait)
			d.press("r")
			if got := causes(d); len(got) > 0 {
				t.Errorf("renewing again brings about %v", got)
			}
		})
	}
}

// With --now the user says what now is, and what is made here is made for then.
func TestNowThatWasGiven(t *testing.T) {
	w := newWatch()
	w.at = w.at.Add(9 * 24 * time.Hour)
	d := open(t, func(c *Config) { w.on(c); c.Options.Now = "1795219300" })
	d.paste(example(t, "good.jwt"))
	d.press("r")
	if iat := d.claim("iat"); iat != 1795219300 {
		t.Errorf("iat is %d", iat)
	}
	if got := causes(d); len(got) > 0 {
		t.Errorf("renewing brings about %v", got)
	}
}

// A fix that sets a time is made when it is applied, not when the text was pasted.
func TestFixIsOfNow(t *testing.T) {
	w := newWatch()
	d := open(t, w.on)
	d.paste(example(t, "good.jwt"))
	d.press("e")
	for d.front().(*editor).line.String() != "1795219200" { // iat
		d.press("down")
	}
	d.press("ctrl+u")
	d.types("1795219950") // twelve minutes ahead
	d.press("esc")
	if got := cause(t, d); got != "iat-in-future" {
		t.Fatalf("the cause is %s", got)
	}
	w.at = w.at.Add(100 * time.Second)
	d.press("a")
	if iat := d.claim("iat"); iat != w.at.Unix() {
		t.Errorf("iat is %d s from now", iat-w.at.Unix())
	}
}

// What is signed here can be sent: times that are past are set to now, which is said.
func TestSigningRenewsWhatHasExpired(t *testing.T) {
	w := newWatch()
	w.at = w.at.Add(9 * 24 * time.Hour)
	d := open(t, w.on)
	d.paste(example(t, "too-long.jwt"))
	d.press("a")
	jti := textClaim(d, "jti")
	d.sign("rsa-a.pem")
	if iat, exp := d.claim("iat"), d.claim("exp"); iat != w.at.Unix() || exp != iat+240 {
		t.Errorf("iat is %d s, exp %d s from now", iat-w.at.Unix(), exp-w.at.Unix())
	}
	if textClaim(d, "jti") == jti {
		t.Error("a new assertion has the old jti")
	}
	d.sees("Signed", "had expired", "iat is now, exp is 240 s later")
	d.seesNot("expired 9d ago")
	if got := causes(d); len(got) > 0 {
		t.Errorf("what was signed fails: %v", got)
	}

	// Control: times that are still good are signed as they are.
	w = newWatch()
	d = open(t, w.on)
	d.paste(example(t, "too-long.jwt"))
	d.press("a")
	iat, exp, jti := d.claim("iat"), d.claim("exp"), textClaim(d, "jti")
	w.at = w.at.Add(20 * time.Second)
	d.sign("rsa-a.pem")
	if d.claim("iat") != iat || d.claim("exp") != exp || textClaim(d, "jti") != jti {
		t.Error("claims that were good were changed")
	}
	d.seesNot("had expired")
}

func textClaim(d *desk, name string) string {
	it, _ := d.current()
	claims, _ := it.judged.Claims.Get()
	s, _ := claims.Text(name)
	return s
}

// Whoever is about to send what has expired reads that first.
func TestSendingWhatHasExpiredWarns(t *testing.T) {
	w := newWatch()
	d := open(t, func(c *Config) { refusing(c); w.on(c) })
	d.paste(example(t, "good.jwt"))
	d.press("t", "enter")
	d.seesNot("expired") // the control
	d.press("n")
	w.at = w.at.Add(9 * 24 * time.Hour)
	d.press("t", "enter")
	d.sees("This assertion expired 8d ago", "Send this once?")
	d.press("y")
	d.press("t", "enter")
	d.sees("This assertion was sent before (")
}
