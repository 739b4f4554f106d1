package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// shownAnswer writes what came back for people, tokens left out; or why nothing
// did, and whether the assertion was used.
func (r posted) shownAnswer(x *evidence.Exchanged, n *evidence.Network) string {
	if x == nil || x.Response == nil {
		return visible.Text(looks(unanswered(n))) + "\n"
	}
	const most = 600
	body := x.Response.Body
	if !r.reveal {
		body = r.withoutSecrets(x)
	}
	if runes := []rune(body); len(runes) > most {
		body = string(runes[:most]) + "…"
	}
	out := fmt.Sprintf("%d, after %d ms\n", x.Status, x.Took.Milliseconds())
	if body = strings.Join(strings.Fields(body), " "); body != "" {
		out += "  " + visible.Text(body) + "\n"
	}
	if x.Fault == evidence.FaultHTTPFailed || x.Fault == evidence.FaultHTTPTimeout {
		out += "  " + visible.Text(looks(x.Says)) + "\n"
	}
	return out
}

// unanswered says why there is not an answer, and what that means for the assertion.
func unanswered(n *evidence.Network) string {
	_, says := probe.FirstTrouble(n)
	switch {
	case n.Sent && says == "":
		return "no answer: the wait was interrupted; the assertion may be used up"
	case n.Sent:
		return "no answer: " + says + "; the assertion may be used up"
	case says == "":
		says = "the run was interrupted"
	}
	return "nothing was sent, and the assertion is unused: " + strings.TrimPrefix(says, "the request was not sent: ")
}

// withoutSecrets is the body of an answer as it may be reported.
func (r posted) withoutSecrets(x *evidence.Exchanged) string {
	const hidden = "(not shown: it may contain a token)"
	body := x.Response.Body
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	var value any
	err := dec.Decode(&value)
	_, object := value.(map[string]any)
	page := strings.HasPrefix(strings.TrimSpace(body), "<")
	switch took := x.Status < 300; {
	case strings.TrimSpace(body) == "":
		return ""
	case err == nil && !dec.More() && (object || !took):
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if enc.Encode(masking(value, took)) != nil {
			return hidden
		}
		body = b.String()
	case took && !page, regexp.MustCompile(`(?i)_token|token["']?\s*[:=]`).MatchString(body):
		// What a server says to a request it took may be the token itself.
		return hidden
	}
	return r.withoutSent(body)
}

// masking leaves out the values of an answer that nobody else should have,
// however deep they lie; where the request was taken, also what looks like a
// token under another name, and what names a person.
func masking(v any, took bool) any {
	const long = 20
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if (evidence.SecretParameter(name) || took && evidence.PersonalClaim(name)) && member != nil {
				v[name] = "…"
			} else {
				v[name] = masking(member, took)
			}
		}
	case []any:
		for i := range v {
			v[i] = masking(v[i], took)
		}
	case string:
		if took && len(v) >= long && strings.Trim(v, base64url+".+/=~") == "" {
			return "…"
		}
	}
	return v
}

// withoutSent takes out of a text what was sent in secret, as servers repeat what
// they refuse, and whatever looks like a secret.
func (r posted) withoutSent(text string) string { return mask.Of(r).Text(text) }
