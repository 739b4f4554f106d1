package checks

import (
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func clockSkew() Check {
	return Check{
		ID:      "clock-skew",
		Subject: "the clock",
		Rank:    380,
		Title:   "This machine's clock agrees with the server's",
		Needs:   []evidence.Need{evidence.NeedClock},
		Params:  []profile.Ref{profile.IatSkew.Ref(), profile.TimeSkew.Ref()},
		Cites:   []finding.Citation{rfc(9110, "6.6.1"), rfc(7519, "4.1.6")},
		Doc: "Compared are two stamps of one exchange: when the answer came by the client's clock, and the server's Date. " +
			"iat is a stamp of the client too: later than Date it shows a clock that is ahead; earlier it shows nothing, since an assertion may be kept or back-dated.",
		Causes: []Cause{
			{ID: "clock-ahead", Title: "the client's clock is ahead of the server's", Severity: finding.Error,
				Why:   "The clock runs free or was set by hand. To the server, iat and nbf then lie in the future, and exp too far ahead.",
				Fix:   "Synchronise the clock (NTP).",
				Leads: []Lead{{To: outOfWindow()}}},
			{ID: "clock-behind", Title: "the client's clock is behind the server's", Severity: finding.Error,
				Why:   "The clock runs free, or stood still while the machine slept. To the server, the assertion is then old or has expired already.",
				Fix:   "Synchronise the clock (NTP).",
				Leads: []Lead{{To: outOfWindow()}}},
		},
		Judge: judgeClock,
	}
}

func judgeClock(c *Ctx) Verdict {
	k, _ := c.Clock.Get()
	if k.Server.IsZero() {
		return NotAsked("the answer has no Date")
	}
	r := c.response()
	if r != nil && strings.Trim(r.Headers.Value("Age"), "0 ") != "" {
		return NotAsked("the answer comes from a cache, with the Date of an earlier one")
	}
	skew := c.skewOf(profile.IatSkew, fallbackSkew)
	rule := profile.IatSkew.In(c.Rules)
	var at []evidence.Place
	if r != nil {
		if h, ok := r.Headers.Get("Date"); ok {
			at = append(at, c.AtResponseHeader(r, h))
		}
	}
	fault := func(cause finding.CauseID, format string, args ...any) *Fault {
		return syncClock(Found(cause, format, args...).At(at...).Citing(rule.Cite...))
	}
	// Date is cut to whole seconds and was stamped while the exchange went on.
	tolerance := skew + max(k.Took, 0) + time.Second
	if !k.Local.IsZero() {
		by := orElse(" (by "+k.From+")", k.From != "", "")
		switch diff := k.Local.Sub(k.Server); {
		case diff > tolerance:
			return Fail(fault("clock-ahead", "the client's clock is %s ahead of the server's%s", span(diff), by).
				Compare(clock(k.Local), clock(k.Server)+", the server's Date"))
		case -diff > tolerance:
			return Fail(fault("clock-behind", "the client's clock is %s behind the server's%s", span(diff), by).
				Compare(clock(k.Local), clock(k.Server)+", the server's Date"))
		}
	}
	if iat, ok := c.ownStamp(); ok {
		if ahead := iat.Sub(k.Server); ahead > skew+time.Second {
			f := fault("clock-ahead", "iat is %s ahead of the server's clock", span(ahead)).
				Compare(clock(iat), clock(k.Server)+", the server's Date").At(c.claimAt("iat")).Draw(c.timeline("iat", k.Server.Add(skew)))
			f.Saying("The server stamped its answer %s before the assertion says it was made.", span(ahead))
			if !k.Local.IsZero() {
				f.As(finding.Likely).Saying("The clock that stamped the exchange agrees with the server's; so it is the clock of the machine that signs, or the sum it makes, that is ahead.")
			}
			return Fail(f)
		}
	}
	if k.Local.IsZero() {
		return NotAsked("nothing tells the client's time of the exchange; iat before Date proves nothing")
	}
	return Pass("it differs by %s, which is within %s", orElse(span(k.Local.Sub(k.Server)), !k.Local.Equal(k.Server), "0s"), span(tolerance)).Citing(rule.Cite...)
}

// ownStamp is iat where it is the client's clock that made it: in a client's own
// assertion, in seconds, and without a fault that explains it otherwise.
func (c *Ctx) ownStamp() (time.Time, bool) {
	for _, cause := range []finding.CauseID{"time-in-milliseconds", "time-as-string", "time-as-date", "time-fractional", "time-out-of-range", "local-time-as-utc"} {
		if c.Failed(cause) {
			return time.Time{}, false
		}
	}
	iat := c.claims().Date("iat")
	if !c.isAssertion() || !iat.Usable || iat.Form != evidence.DateSeconds && iat.Form != evidence.DateFraction {
		return time.Time{}, false
	}
	return iat.At, true
}

func syncClock(f *Fault) *Fault {
	return f.Fix("Linux: timedatectl set-ntp true. Windows: w32tm /resync. macOS: sudo sntp -sS time.apple.com.").
		Fix("WSL and Docker Desktop fall behind or run ahead after sleep: wsl --shutdown, or restart Docker; containers have the clock of their host.")
}
