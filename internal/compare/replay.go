package compare

import "github.com/assertionworks/jwtdoctor/internal/evidence"

// replay says what the bad exchange sends that the good one used up: a code
// (RFC 6749 section 4.1.2) and, where a server looks at it, a jti (RFC 7523
// section 3) may be used once. What is the same on both sides is not a difference,
// and yet a reason why one works and the other does not.
func (c *comparison) replay() {
	g, gok := c.good.Request.Get()
	b, bok := c.bad.Request.Get()
	if !gok || !bok || !wentOut(c.good) || !wentOut(c.bad) || sameExchange(c.good, c.bad) {
		return
	}
	if sg, sb := sent(c.good), sent(c.bad); !sg.IsZero() && sb.Before(sg) && !sb.IsZero() {
		return // then the good one came second, and was not refused for it
	}
	code, ok := g.Param("code")
	again, both := b.Param("code")
	if ok && both && code.Value == again.Value && code.Unknown == "" && again.Unknown == "" && secretSort("code", code.Value) == "" {
		c.usedUp("code", c.bad.Shown("code", code.Value))
	}
	if !c.good.Sent || !c.bad.Sent || !onceOnly(c.good) || !onceOnly(c.bad) {
		return
	}
	iss, jti := identifier(c.good)
	badIss, badJTI := identifier(c.bad)
	switch {
	case jti != "" && jti == badJTI && iss == badIss:
		c.usedUp("jti", c.bad.Mask(jti))
	case jti == "" && badJTI == "" && signatureOf(c.good) != "" && signatureOf(c.good) == signatureOf(c.bad):
		c.usedUp("assertion", c.bad.Mask(signatureOf(c.bad)))
	}
}

func (c *comparison) usedUp(name, shown string) {
	c.Differences = append(c.Differences, Difference{Area: AreaReplay, Name: name, Good: shown, Bad: shown, Matters: true,
		Note: "the bad one sends the " + name + " the good one used up"})
}

// wentOut says that a request was sent: a command or a text may be only the
// draft of one, and two drafts of one request use nothing up.
func wentOut(c view) bool {
	if _, ok := c.Response.Get(); ok {
		return true
	}
	r, ok := c.Request.Get()
	return ok && !r.Sent.IsZero()
}

// sameExchange says that one exchange was given twice: nothing was sent again.
func sameExchange(good, bad view) bool {
	g, _ := good.Request.Get()
	b, _ := bad.Request.Get()
	if g.Text != b.Text || !g.Sent.Equal(b.Sent) {
		return false
	}
	gr, gok := good.Response.Get()
	br, bok := bad.Response.Get()
	return gok == bok && (!gok || gr.Text == br.Text)
}

func onceOnly(c view) bool {
	return c.Kind == evidence.ClientAssertion || c.Kind == evidence.JWTGrant
}

func identifier(c view) (iss, jti string) {
	o, ok := c.Claims.Get()
	if !ok {
		return "", ""
	}
	iss, _ = o.Text("iss")
	jti, _ = o.Text("jti")
	return iss, jti
}

func signatureOf(c view) string {
	a, ok := c.Assertion.Get()
	if !ok || len(a.Segments) != 3 {
		return ""
	}
	return a.Segments[2].Clean
}
