package checks

import (
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// timeClaims are the three registered time claims (RFC 7519 sections 4.1.4 to
// 4.1.6).
func timeClaims() [3]string { return [3]string{"iat", "nbf", "exp"} }

// fallbackSkew is used for iat and nbf where a provider says nothing: what every
// server should accept, since FAPI 2.0 makes its servers accept it (section
// 5.3.2.1 item 13). No other server documents such a bound.
const fallbackSkew = 10 * time.Second

// mostSkew is the difference from which even a lenient server is likely to
// refuse; up to it, a server whose tolerance is not documented may accept.
const mostSkew = time.Minute

// skewOf is how far clocks may differ for a rule: its own skew, else the
// profile's general one, else the fallback.
func (c *Ctx) skewOf(own profile.Param[time.Duration], fallback time.Duration) time.Duration {
	if v := own.In(c.Rules); v.Known() && !v.Default {
		return v.V
	}
	if v := profile.TimeSkew.In(c.Rules); v.Known() {
		return v.V
	}
	return fallback
}

// aboutTime reports whether a cause is a fault of the times in a JWT or of a clock.
func aboutTime(cause finding.CauseID) bool {
	switch cause {
	case "exp-past", "exp-missing", "exp-too-far", "exp-before-iat", "iat-missing", "iat-in-future", "iat-too-old", "nbf-missing", "nbf-in-future",
		"lifetime-too-long", "lifetime-no-margin", "time-in-milliseconds", "time-as-string", "time-as-date", "time-out-of-range", "time-fractional",
		"local-time-as-utc", "clock-ahead", "clock-behind":
		return true
	}
	return false
}

// dated is the detail of a fault in a time claim.
func dated(d evidence.Date) Detail {
	detail := Detail{Name: d.Claim}
	if d.Value != nil {
		detail.Value = show(d.Value)
	}
	return detail
}

// timeline pictures the times of the case, the claim at fault and the limit.
func (c *Ctx) timeline(bad string, limit time.Time) *finding.Timeline {
	t := &finding.Timeline{}
	for _, name := range timeClaims() {
		if d := c.claims().Date(name); d.Usable {
			t.Marks = append(t.Marks, finding.Mark{Kind: finding.MarkClaim, Label: name, At: d.At, Bad: name == bad})
		}
	}
	if !limit.IsZero() {
		t.Marks = append(t.Marks, finding.Mark{Kind: finding.MarkLimit, Label: "limit", At: limit})
	}
	t.Marks = append(t.Marks, finding.Mark{Kind: finding.MarkNow, Label: "now", At: c.Now})
	return t
}

// unusable says why a time claim cannot be compared: other checks have found
// that it is missing or malformed.
func unusable(d evidence.Date) Verdict {
	if d.Form == evidence.DateAbsent {
		return NotAskedText("%s is missing", d.Claim).For(finding.WhyMoot)
	}
	return NotAskedText("%s cannot be read as a time; see time-format", d.Claim).For(finding.WhyMoot)
}
