package checks

import (
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"

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
		Doc: "Two timestamps of one exchange are compared: when the answer arrived by the client's clock, and the server's Date. " +
			"iat is a timestamp of the client too: if it is later than Date, the client's clock is ahead; if it is earlier, that proves nothing, since an assertion may be cached or backdated.",
		Causes: []Cause{
			{ID: "clock-ahead", Title: "the client's clock is ahead of the server's", Severity: finding.Error,
				Why:   "The clock is not synchronized, or was set by hand. To the server, iat and nbf are then in the future, and exp is too far ahead.",
				Fix:   "Synchronize the clock (NTP).",
				Leads: []Lead{{To: outOfWindow()}}},
			{ID: "clock-behind", Title: "the client's clock is behind the server's", Severity: finding.Error,
				Why:   "The clock is not synchronized, or stopped while the machine slept. To the server, the assertion is then old or has already expired.",
				Fix:   "Synchronize the clock (NTP).",
				Leads: []Lead{{To: outOfWindow()}}},
		},
		Judge: judgeClock,
	}
}

func judgeClock(c *Ctx) Verdict {
	k, _ := c.Clock.Get()
	if k.Server.IsZero() {
		return NotAsked("the answer has no Date").For(finding.WhyNotGiven)
	}
	r := c.response()
	if r != nil && strings.Trim(r.Headers.Value("Age"), "0 ") != "" {
		return NotAsked("the answer comes from a cache, with the Date of an earlier one").For(finding.WhyNotGiven)
	}
	skew := c.skewOf(profile.IatSkew, fallbackSkew)
	rule := profile.IatSkew.In(c.Rules)
	// Date is cut to whole seconds and was stamped while the exchange went on.
	tolerance := skew + max(k.Took, 0) + time.Second
	if !k.Local.IsZero() {
		diff, by := k.Local.Sub(k.Server), ""
		if k.From != "" {
			by = " (by " + k.From + ")"
		}
		switch {
		case diff > tolerance:
			return Fail(c.wrongClock("clock-ahead", "the client's clock is %s ahead of the server's%s", wording.Span(diff), by).
				Compare(clock(k.Local), clock(k.Server)+", the server's Date"))
		case -diff > tolerance:
			return Fail(c.wrongClock("clock-behind", "the client's clock is %s behind the server's%s", wording.Span(diff), by).
				Compare(clock(k.Local), clock(k.Server)+", the server's Date"))
		}
	}
	if iat, ok := c.ownStamp(); ok {
		if ahead := iat.Sub(k.Server); ahead > skew+time.Second {
			f := c.wrongClock("clock-ahead", "iat is %s ahead of the server's clock", wording.Span(ahead)).
				Compare(clock(iat), clock(k.Server)+", the server's Date").At(c.AtMember(finding.PartClaims, "iat")).About(Detail{Name: "iat"}).Draw(c.timeline("iat", k.Server.Add(skew)))
			f.Saying("By its own clock, the server answered %s before the assertion says it was made.", wording.Span(ahead))
			if !k.Local.IsZero() {
				f.As(finding.Likely).Saying("The clock that recorded the exchange agrees with the server's, so it is the clock of the machine that signs, or its calculation, that is ahead.")
			}
			return Fail(f)
		}
	}
	if k.Local.IsZero() {
		return NotAsked("the client's time of the exchange is not known; iat before Date proves nothing").For(finding.WhyNotGiven)
	}
	return Pass("the clocks differ by %s, which is within %s", spanWords(k.Local.Sub(k.Server)), spanWords(tolerance)).Citing(rule.Cite...)
}

// ownStamp is iat where it comes from the client's clock: in a client's own
// assertion, in seconds, and without a fault that explains it otherwise.
func (c *Ctx) ownStamp() (time.Time, bool) {
	for _, cause := range [...]finding.CauseID{"time-in-milliseconds", "time-as-string", "time-as-date", "time-fractional", "time-out-of-range", "local-time-as-utc"} {
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

// spanWords is a length of time whose words are put together when they are read.
type spanWords time.Duration

func (s spanWords) String() string {
	if s == 0 {
		return "0s"
	}
	return wording.Span(time.Duration(s))
}

// wrongClock starts the fault of a clock, with how to set it.
func (c *Ctx) wrongClock(cause finding.CauseID, format string, args ...any) *Fault {
	f := Found(cause, format, args...).Citing(profile.IatSkew.In(c.Rules).Cite...).About(Detail{Name: "Date"})
	if r := c.response(); r != nil {
		if h, ok := r.Headers.Get("Date"); ok {
			f.At(c.AtResponseHeader(r, h))
		}
	}
	return f.Fix("Linux: timedatectl set-ntp true. Windows: w32tm /resync. macOS: sudo sntp -sS time.apple.com.").
		Fix("WSL and Docker Desktop drift while the machine sleeps: run wsl --shutdown, or restart Docker; containers use the clock of their host.")
}
