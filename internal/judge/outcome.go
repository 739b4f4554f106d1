package judge

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// unexplained says of a refusal with which nothing else was found wrong where to look
// next. That a fresh assertion was refused too moves the blame from what is sent to
// what is registered.
func (e *Engine) unexplained(all []item, a answer) {
	at := -1
	for i := range all {
		if !all[i].failed() || all[i].severity != finding.Error {
			continue
		}
		if all[i].fault.Cause != refused {
			return
		}
		if at < 0 {
			at = i
		}
	}
	if at < 0 {
		return
	}
	it := &all[at]
	if len(it.fault.Fixes) == 0 && !a.alone {
		it.fixes = []string{"No other problem was found; work through the checklist."}
	}
	if a.fresh {
		message := it.fault.Message
		if message == "" {
			message = it.cause.Why
		}
		fault := *it.fault
		fault.Message = "A fresh assertion with nothing wrong in it was refused too, so the cause is in what is registered for the client, or in what it may request. " + message
		it.fault = &fault
		it.fixes = []string{"Work through the checklist below; what was sent is well formed."}
	}
}

// unjudged reports whether a server refused, and no check found what to do about it.
func unjudged(all []item) bool {
	is := false
	for i := range all {
		if !all[i].failed() || all[i].severity == finding.Note && all[i].fault.Cause != refused {
			continue
		}
		if all[i].fault.Cause != refused || len(all[i].fault.Fixes) > 0 {
			return false
		}
		is = true
	}
	return is
}

// nextCommand is the command that judges an answer together with its request.
func nextCommand(c *evidence.Case) string {
	answer := c.Input.Source
	switch answer {
	case "", "stdin", "argument":
		answer = "error.json"
	}
	if strings.ContainsAny(answer, " '\"$&;|<>()`*?!\\") {
		answer = "error.json" // no shell would take it as it is
	}
	return "jwtdoctor check request.sh " + answer
}

// taken reports whether the server accepted this very request and answered it well.
func taken(all []item, c *evidence.Case) bool {
	r, ok := c.Response.Get()
	if !ok || !r.Success() {
		return false
	}
	_, sent := c.Request.Get()
	if !c.HasAssertion() && !sent {
		return false
	}
	return count(all, func(it *item) bool { return it.severity == finding.Error && it.check.OfAnswer }) == 0
}

// accept turns errors into warnings where the server accepted the request: it
// cannot have minded them, whatever it is documented to answer. A published
// private key stays an error.
func accept(all []item, c *evidence.Case) {
	if !taken(all, c) {
		return
	}
	for i := range all {
		it := &all[i]
		it.accepted = true
		if it.failed() && it.severity == finding.Error && !it.cause.Exposes {
			it.severity = finding.Warning
			it.remark = "The server accepted the request all the same."
		}
	}
}
