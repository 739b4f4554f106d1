package checks

import (
	"encoding/base64"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func requestDPoP() Check {
	return Check{
		ID:      "request-dpop",
		Subject: "DPoP",
		Rank:    525,
		Title:   "The DPoP proof is made for this request",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Cites:   []finding.Citation{rfc(9449, "4.2"), rfc(9449, "4.3")},
		Doc: "A DPoP proof names the method and the address of the one request it is for, in htm and htu. The server compares them with the request it got, " +
			"without query and fragment.",
		Causes: []Cause{
			{ID: "dpop-htu-mismatch", Title: "htu of the DPoP proof is another address than the request's", Severity: finding.Error,
				Why: "The proof was made for another endpoint, or for an address that a proxy, a redirect or a setting changed afterwards.",
				Fix: "Make the proof for the address that the request is sent to."},
			{ID: "dpop-htm-mismatch", Title: "htm of the DPoP proof is another method than the request's", Severity: finding.Error,
				Why: "The proof was made for a request to the API, or the method is written in lower case.",
				Fix: "Set htm to POST, in upper case."},
			{ID: "dpop-htu-from-tap", Title: "htu of the DPoP proof is the address of the tap", Severity: finding.Warning,
				Why: "The client uses its token URL as htu. While it talks to the tap, that is the tap's address.",
				Fix: "Nothing to fix in the application; to test through the tap, pin htu to the real token URL, if the client allows that."},
		},
		Judge: judgeDPoP,
	}
}

func judgeDPoP(c *Ctx) Verdict {
	r := c.request()
	h, ok := r.Headers.Get("DPoP")
	if !ok {
		return NotAsked("the request has no DPoP proof")
	}
	proof := payloadOf(h.Value)
	if proof == nil {
		return NotAsked("the DPoP proof cannot be read").For(finding.WhyNotGiven)
	}
	member := func(name string) string {
		if v, ok := proof.Get(name); ok && v.Kind == jsonspan.String {
			return v.Str
		}
		return ""
	}
	var faults []*Fault
	if htm := member("htm"); htm != "" && r.Method != "" && htm != r.Method {
		faults = append(faults, Found("dpop-htm-mismatch", "htm of the DPoP proof is %s, and the request is a %s", htm, r.Method).
			Compare(htm, r.Method).At(c.AtHeader(r, h)).About(Detail{Name: "htm", Value: htm, Right: r.Method}))
	}
	if f := c.proofAddress(r, h, member("htu")); f != nil {
		faults = append(faults, f)
	}
	return Faults("htm and htu are those of the request", faults...)
}

// proofAddress compares htu with the address of the request, as far as that is
// known.
func (c *Ctx) proofAddress(r *evidence.Request, h evidence.Header, htu string) *Fault {
	named, ok := addressOf(htu)
	if htu == "" || !ok || named.host == "" {
		return nil
	}
	if c.viaTap(htu) {
		f := Found("dpop-htu-from-tap", "htu of the DPoP proof is the address of the tap: the client uses its token URL as htu").
			Compare(shortURL(htu), shortURL(c.Expect.TokenURL)).At(c.AtHeader(r, h)).About(Detail{Name: "htu", Value: htu, Right: c.Expect.TokenURL})
		return f.Weigh(c.tapSeverity())
	}
	sent, ok := addressOf(r.URL)
	if !ok || sent.host == "" || named == sent {
		return nil
	}
	if sent.scheme == "" { // a request in origin form does not say it
		if sent.scheme = named.scheme; named == sent {
			return nil
		}
	}
	return Found("dpop-htu-mismatch", "htu of the DPoP proof is %s, and the request goes to %s", shortURL(htu), shortURL(r.URL)).
		Compare(shortURL(htu), shortURL(r.URL)).At(c.AtHeader(r, h)).As(finding.Likely). // a proxy in front of the server may know it by that name
		About(Detail{Name: "htu", Value: htu, Right: shortURL(r.URL)}).
		Fix("Make the proof of the address that the request is sent to: htu %s.", shortURL(r.URL))
}

// payloadOf reads the claims of a compact JWT; nil if they cannot be read.
func payloadOf(compact string) *jsonspan.Value {
	const most = 16 << 10
	_, rest, _ := strings.Cut(strings.TrimSpace(compact), ".")
	payload, _, signed := strings.Cut(rest, ".")
	if !signed || len(payload) > most {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return nil
	}
	v, _ := jsonspan.Scan(text, jsonspan.Limits{Values: 256})
	if v == nil || v.Kind != jsonspan.Object {
		return nil
	}
	return v
}
