package checks

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

func responseAccepted() Check {
	return Check{
		ID:      "response-accepted",
		Subject: "acceptance",
		Rank:    610,
		Title:   "The request was accepted",
		Needs:   []evidence.Need{evidence.NeedResponse},
		After:   []finding.CauseID{"answered-by-gateway", "endpoint-not-found", "server-failed", "rate-limited", "token-not-accepted-by-api"},
		Cites:   []finding.Citation{rfc(6749, "5.2"), rfc(7521, "4.2.1")},
		Doc:     "What the server answered, in its own words. The codes are few and coarse: nearly everything that can be wrong with an assertion is invalid_client.",
		Causes: []Cause{
			{ID: "token-refused", Title: "the server refused the request", Severity: finding.Error,
				Why:   "The server refused the request. Its answer may say why.",
				Fix:   "If other problems were found, fix them first; then work through the checklist.",
				Leads: []Lead{{To: []finding.CauseID{"response-content-type"}}, {To: []finding.CauseID{"response-not-json"}, When: func(_, led *Fault) bool { return led.Detail.Code == codeText }}}},
		},
		Judge: judgeAccepted,
	}
}

func judgeAccepted(c *Ctx) Verdict {
	r := c.response()
	e := r.Error
	code := strings.ToLower(strings.TrimSpace(e.Code))
	switch {
	case c.apiCall() && !c.ownBearer() && !ownWords(c, r):
		return NotAsked("the request uses a token and does not ask for one")
	case !e.Present && (r.Success() || r.Status >= 200 && r.Status < 300):
		return Pass("the server accepted it%s", statusWords{r})
	case code == "authorization_pending" || code == "slow_down":
		return Pass("the server accepted the client; the user has not finished yet (%s)", code).Citing(rfc(8628, "3.5"))
	case r.Form == evidence.FormHTML && !knownAnswer(c):
		return NotAsked("a web page says nothing about the request").For(finding.WhyMoot)
	case !e.Present && (r.Status < 400 || r.Status > 499) && !knownAnswer(c):
		return NotAsked("the answer does not say whether the request was accepted").For(finding.WhyNotGiven)
	}
	said, codeWords := c.spoken(e.Description), c.spoken(e.Code)
	what := codeWords
	if code == "" {
		what = orElse(strconv.Itoa(r.Status), r.Status != 0, "with an error")
	}
	title := "the server answered " + what
	switch {
	case said != "" && !strings.EqualFold(said, strings.TrimSpace(e.Code)):
		title += ": " + strconv.Quote(said)
	case code == "" && said == "" && e.Text != "":
		title += ": " + strconv.Quote(clipWords(c.spoken(e.Text), 160))
	}
	if code != "" {
		title += statusWords{r}.String()
	}
	message := errorMeans(code)
	if e.HasDescription && said == "" {
		message += " Its description is empty; the server sent it that way."
	}
	if values := c.presented(r); values != "" {
		return Fail(Found("token-refused", "no federated credential of this client has %s", values).At(c.atError(r)).About(Detail{Code: code}).
			Compare(values, "a registered federated credential with exactly these values").
			Saying("A token of an outside issuer is accepted only if a federated credential with exactly its issuer, subject and audience is registered.").
			Fix("Register a federated credential for this client with exactly %s.", values))
	}
	f := Found("token-refused", "%s", title).Compare(what, "a token response").At(c.atError(r)).About(Detail{Code: code})
	if message = strings.TrimSpace(message + support(r)); message != "" {
		f.Saying("%s", message)
	}
	if code == "use_dpop_nonce" {
		f.Fix("Send the request again with the nonce of the DPoP-Nonce header in the DPoP proof, and with a new assertion.").Citing(rfc(9449, "8"))
	}
	return Fail(f)
}

// presented lists the issuer, subject and audience that an answer prints of a token
// for which nothing is registered; "" if it prints none, or speaks of something
// else.
func (c *Ctx) presented(r *evidence.Response) string {
	if !c.mostlyMeans("token-refused") || len(c.Symptom.Explains) != 1 || !profile.Federated.In(c.Rules).V {
		return ""
	}
	values := c.Symptom.Printed(r.Error.Description, r.Error.Text, r.Body)
	var out []string
	for _, name := range [...]string{profile.PrintsIssuer, profile.PrintsSubject, profile.PrintsAudience} {
		if v := values[name]; v != "" {
			out = append(out, "the "+name+" "+c.spoken(v))
		}
	}
	return wording.And(out)
}

func clipWords(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// errorMeans is what RFC 6749 section 5.2 and its extensions say of a code.
func errorMeans(code string) string {
	switch code {
	case "invalid_request":
		return "invalid_request means that a parameter is missing, repeated or malformed, or that more than one authentication was used."
	case "invalid_client":
		return "invalid_client means that the client was not authenticated: unknown, not by this method, or an assertion that did not pass."
	case "invalid_grant":
		return "invalid_grant means that the code, refresh token or grant assertion is invalid, expired, used up, or another client's; some servers also say it about the client's assertion."
	case "unauthorized_client":
		return "unauthorized_client means that the client is known but may not use this grant type."
	case "unsupported_grant_type":
		return "unsupported_grant_type means that the server does not know the grant type, or could not read it."
	case "invalid_scope":
		return "invalid_scope means that a scope is unknown, malformed or more than was granted."
	case "invalid_target":
		return "invalid_target means that the resource or audience asked for is unknown or not allowed (RFC 8707)."
	case "invalid_dpop_proof":
		return "invalid_dpop_proof means that the proof in the DPoP header did not pass (RFC 9449)."
	case "use_dpop_nonce":
		return "use_dpop_nonce means that the DPoP proof must carry the server's nonce (RFC 9449)."
	}
	return ""
}

// ownWords reports whether a refusal is in the provider's own words: where
// clients call an API with the assertion, it is refused that way.
func ownWords(c *Ctx, r *evidence.Response) bool {
	return r.Status >= 400 && r.Status < 500 && knownAnswer(c) && c.Symptom.From == c.Profile.ID && c.Profile.ID != profile.Standard
}
