package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// How objects that report an error are read as responses.

// failureEvent recognises the event that Auth0 logs for a failed exchange, whose type
// begins with f: feccft.
func failureEvent(_ object, m names) bool {
	kind := m.text("type")
	return m.has("logid") && len(kind) < 10 && strings.HasPrefix(kind, "f") && m.text("description") != "" && m.has("clientid", "clientname")
}

// readFailureEvent reads why the client was not authenticated, which is in the details of
// the event, else in its description.
func readFailureEvent(l *layer, o object, m names, _ int) {
	for _, x := range o.value.Members {
		if stampName(folded(x.Name)) {
			l.stampMember(o, x)
		}
	}
	v := memberWithin(o.value, "clientauthenticationerror", 3)
	if v == nil {
		v = m["description"]
	}
	is := l.said(o, "error_description", v)
	is.Weight = Fair
	l.emit(is)
}

// memberWithin is the string member with a folded name in an object or in objects inside
// it; nil if there is none.
func memberWithin(v *jsonspan.Value, name string, depth int) *jsonspan.Value {
	for _, x := range v.Members {
		if x.Value == nil {
			continue
		}
		if x.Value.Kind == jsonspan.String && folded(x.Name) == name {
			return x.Value
		}
		if x.Value.Kind == jsonspan.Object && depth > 0 {
			if found := memberWithin(x.Value, name, depth-1); found != nil {
				return found
			}
		}
	}
	return nil
}

// readWeak searches the object's members first. A request among them is what failed; the
// members next to it are the error.
func readWeak(l *layer, o object, m names, depth int) {
	if l.ofLog(m) {
		readRecord(l, o, m, depth)
		return
	}
	before := len(l.f.out)
	l.members(o, depth)
	for _, is := range l.f.out[before:] {
		if is.Kind != KindStamp && is.Side != SideRequest {
			return
		}
	}
	if len(l.f.out) == before {
		readAnswer(Weak)(l, o, m, depth)
		return
	}
	if status := statusOf(first(m, statusNames...)); status > 0 {
		l.emitStatus(o, m, status)
	}
	for _, name := range wordsOfError {
		e := m[name]
		if e == nil || e.Kind != jsonspan.String {
			continue
		}
		if !l.foundIn(before, o, e) {
			l.emit(l.said(o, name, e))
			return
		}
		for i := before; i < len(l.f.out); i++ {
			l.f.out[i].Stamp.Answer = false // it is the time of a log
		}
	}
}

// wordsOfError are members in which an object says what went wrong.
var wordsOfError = [...]string{"error", "message", "msg", "errormessage", "detail"}

// foundIn reports whether an island from the given one on is in a member: a member that
// quotes a request does not say what is wrong with it.
func (l *layer) foundIn(from int, o object, member *jsonspan.Value) bool {
	place, _ := o.text.Place(member.Span.Start, member.Span.End)
	for _, is := range l.f.out[from:] {
		if is.Span.Start < place.End && place.Start < is.Span.End {
			return true
		}
	}
	return false
}

// said is a response of which an object quotes the words in one of its members.
func (l *layer) said(o object, name string, v *jsonspan.Value) Island {
	var b srctext.Builder
	b.Put(`{"` + name + `":`)
	b.Copy(o.text, v.Span.Start, v.Span.End)
	b.Put("}")
	is := l.island(KindAnswer, "an answer", o)
	is.Text, is.Weight, is.Side = b.Text(), Weak, SideResponse
	return is
}

func readAnswer(w Weight) func(*layer, object, names, int) {
	return func(l *layer, o object, m names, depth int) {
		// An error inside an error is the response that was passed on.
		if w != Strong || m.has("responsebody", "body", "cause", "response") {
			before := len(l.f.out)
			l.members(o, depth)
			for _, is := range l.f.out[before:] {
				if is.Kind == KindAnswer && is.Weight >= w {
					return
				}
			}
			l.f.out = l.f.out[:before]
		}
		for _, x := range o.value.Members {
			if stampName(folded(x.Name)) {
				l.stampMember(o, x)
			}
		}
		is := l.island(KindAnswer, "an answer", o)
		is.Weight, is.Side, is.Grant = w, SideResponse, isGrant(o, m)
		if w == Fair && !SpeaksOfTokens(is.Text.String()) {
			is.Weight = Weak
		}
		l.emit(is)
		l.shownBeside(o, depth)
	}
}

// shownBeside reads the JWTs that are members next to an error: a program's record of
// what it sent and received.
func (l *layer) shownBeside(o object, depth int) {
	for _, x := range o.value.Members {
		if x.Value == nil || x.Value.Kind != jsonspan.String || !startsToken(x.Value.Str) || grantMember(folded(x.Name)) {
			continue
		}
		l.visit(o.at(x.Value, plainWords(x.Name)), depth+1)
	}
}

// grantMember reports whether a member is part of a token response.
func grantMember(name string) bool {
	switch name {
	case "accesstoken", "idtoken", "refreshtoken":
		return true
	}
	return false
}
