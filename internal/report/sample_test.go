package report

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

var (
	sample      = flag.String("sample", "", "print a sample and do nothing else: normal, hostile, pass, proven, symptom, refused, warn, expired or batch")
	sampleWidth = flag.Int("sample-width", 80, "its width")
	sampleColor = flag.Bool("sample-color", false, "in colour")
	sampleASCII = flag.Bool("sample-ascii", false, "in ASCII")
	samplePlain = flag.Bool("sample-plain", false, "without pictures")
	sampleLinks = flag.Bool("sample-links", false, "with links")
	sampleForm  = flag.String("sample-format", "text", "its format")
	sampleFull  = flag.Bool("sample-verbose", false, "with everything")
)

// TestMain lets a person look at what the tests compare:
//
//	go test -v ./internal/report -sample normal -sample-width 60 -sample-color
func TestMain(m *testing.M) {
	flag.Parse()
	if *sample == "" {
		os.Exit(m.Run())
	}
	rep, ok := samples()[*sample]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such sample")
		os.Exit(2)
	}
	o := Options{Width: *sampleWidth, Color: *sampleColor, ASCII: *sampleASCII, Verbose: *sampleFull, Plain: *samplePlain, Links: *sampleLinks}
	r, err := New(*sampleForm, os.Stdout, o)
	if err == nil {
		err = Write(r, rep)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func samples() map[string]finding.Report {
	return map[string]finding.Report{
		"normal": report(redoxCase()), "hostile": report(hostileCase()), "pass": report(passCase()),
		"symptom": report(symptomCase()), "warn": report(warnCase()), "batch": batchReport(),
		"proven": report(provenCase()), "refused": report(refusedCase()), "expired": report(expiredCase()),
	}
}

func report(cases ...finding.Case) finding.Report {
	rep := finding.Report{
		Version: finding.ReportVersion, Tool: finding.Tool{Name: "jwtdoctor", Version: "1.0.0"},
		Now: "2026-11-21T15:02:11Z", Cases: cases,
		Summary: finding.Summary{Verdict: finding.VerdictPass, Cases: len(cases)},
	}
	for _, c := range cases {
		if c.Summary.Verdict == finding.VerdictFail {
			rep.Summary.Failed++
			rep.Summary.Verdict = finding.VerdictFail
		}
	}
	return rep
}

func at(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-11-21 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func redoxCite() finding.Citation {
	return finding.Citation{Title: "Redox, Authenticate with a JWT", URL: "https://docs.redoxengine.com/basics/authenticate/authenticate-with-a-jwt", Seen: "2024-08-06", Authority: "documented"}
}

// redoxCase is the picture of the documentation: a lifetime too long, and an
// audience with a slash too many.
func redoxCase() finding.Case {
	lifetime := finding.Finding{
		Check: "time-lifetime", Cause: "lifetime-too-long", Outcome: finding.Fail, Severity: finding.Error, Certainty: finding.Certain,
		Title:   "exp is 10m after iat; Redox allows at most 5m",
		Message: "The library's default lifetime is longer, or the limit was read in another unit.",
		Found:   "10m", Expected: "5m", Fix: []string{"Set exp to 1795273613 (leaves room for clock drift)."},
		Patch: []finding.Patch{{Part: finding.PartClaims, Pointer: "/exp", Value: 1795273613}},
		At: []finding.Location{{
			Part: finding.PartClaims, Pointer: "/exp", Offset: 90, Length: 10, Line: 1, Column: 91,
			Source:  &finding.Source{File: "req.sh", Line: 3, Column: 160, Length: 14},
			Excerpt: &finding.Excerpt{Text: `{"iss":"c9","iat":1795273373,"exp":1795273973}`, Start: 35, Length: 10},
		}},
		Cite:   []finding.Citation{redoxCite()},
		Answer: `"exp" claim timestamp check failed`, Answered: true,
		Timeline: &finding.Timeline{Marks: []finding.Mark{
			{Kind: finding.MarkNow, Label: "now", At: at("15:02:11")},
			{Kind: finding.MarkClaim, Label: "iat", At: at("15:02:53")},
			{Kind: finding.MarkLimit, Label: "limit", At: at("15:07:53")},
			{Kind: finding.MarkClaim, Label: "exp", At: at("15:12:53"), Bad: true},
		}},
	}
	aud := finding.Finding{
		Check: "claim-aud", Cause: "aud-trailing-slash", Outcome: finding.Fail, Severity: finding.Error, Certainty: finding.Certain,
		Title:   "aud has an extra trailing slash",
		Message: "A URL was joined or copied with a slash more; the comparison is exact.",
		Found:   "https://api.redoxengine.com/v2/auth/token/", Expected: "https://api.redoxengine.com/v2/auth/token", Verbatim: true,
		Fix:   []string{"Set aud to https://api.redoxengine.com/v2/auth/token."},
		Patch: []finding.Patch{{Part: finding.PartClaims, Pointer: "/aud", Value: "https://api.redoxengine.com/v2/auth/token"}}, Cite: []finding.Citation{redoxCite()},
	}
	kid := finding.Finding{
		Check: "header-kid", Cause: "kid-whitespace", Outcome: finding.Fail, Severity: finding.Warning, Certainty: finding.Certain,
		Title: "kid ends with a space, which the key's kid hardly does", Message: "A blank came along from a file or form.",
		At: []finding.Location{{
			Part: finding.PartHeader, Pointer: "/kid", Offset: 27, Length: 6, Line: 1, Column: 28,
			Source:  &finding.Source{File: "req.sh", Line: 3, Column: 41, Length: 9},
			Excerpt: &finding.Excerpt{Text: `{"alg":"RS384","typ":"JWT","kid":"key-1 "}`, Start: 33, Length: 8},
		}},
		Fix: []string{"write kid without the space"}, Cite: []finding.Citation{redoxCite()},
	}
	future := finding.Finding{
		Check: "time-exp", Cause: "exp-too-far", Outcome: finding.Fail, Severity: finding.Note, Certainty: finding.Certain, ConsequenceOf: "lifetime-too-long",
		Title: "exp is 10m42s ahead of now; Redox allows at most 5m", Message: "The lifetime is the library's default.",
	}
	note := finding.Finding{
		Check: "claim-jti", Cause: "jti-guessable", Outcome: finding.Fail, Severity: finding.Note, Certainty: finding.Likely,
		Title: "jti is a counter; reuse is likely", Message: "After a restart it begins again.", Fix: []string{"use a random UUID"},
	}
	findings := []finding.Finding{
		kid, aud, lifetime, future, note,
		{Check: "header-alg", Outcome: finding.Pass, Title: "alg is one the provider accepts", Message: "alg is RS384, which Redox accepts"},
		{Check: "claim-iss", Outcome: finding.Pass, Title: "iss is the client ID", Message: "iss is there and a string"},
		{Check: "signature-valid", Outcome: finding.Skip, Title: "The signature verifies with the key kid names", Reason: "no key was given", Remedy: "add --jwks FILE|URL or --key FILE", Why: finding.WhyMissing},
		{Check: "key-selected", Outcome: finding.Skip, Title: "kid leads to exactly one usable key", Reason: "no key was given", Remedy: "add --jwks FILE|URL or --key FILE", Why: finding.WhyMissing},
		{Check: "response-json", Outcome: finding.Skip, Title: "The answer is one JSON object", Reason: "no response was given", Why: finding.WhyNotGiven},
		{Check: "time-zone", Outcome: finding.Skip, Title: "The times are UTC", Reason: "the window contains now", Why: finding.WhyMoot},
	}
	return finding.Case{
		Input:      finding.Input{Source: "req.sh", Line: 1, Kinds: []string{"request", "assertion"}},
		ReadAs:     "a curl command",
		Profile:    finding.Profile{ID: "redox", Env: "production", Name: "Redox"},
		JudgedAsOf: finding.JudgedAsOf{Time: "2026-11-21T15:02:11Z", Basis: "now", Words: "2026-11-21 15:02:11Z"},
		Decoded: finding.Decoded{
			Header: json.RawMessage(`{"alg":"RS384","typ":"JWT","kid":"key-1 "}`),
			Claims: json.RawMessage(`{"iss":"c9","sub":"c9","aud":"https://api.redoxengine.com/v2/auth/token/","iat":1795273373,"exp":1795273973,"jti":"…"}`),
		},
		Symptom: &finding.Symptom{
			Match: `"exp" claim timestamp check failed`, Means: "exp is past, or too far ahead",
			Explains: []finding.CauseID{"lifetime-too-long", "exp-past"}, Cite: []finding.Citation{redoxCite()},
		},
		Diagnosis: []finding.Diagnosis{
			{Cause: "lifetime-too-long", Check: "time-lifetime", Certainty: finding.Certain, Title: lifetime.Title},
			{Cause: "aud-trailing-slash", Check: "claim-aud", Certainty: finding.Certain, Title: aud.Title},
			{Cause: "kid-whitespace", Check: "header-kid", Certainty: finding.Certain, Title: kid.Title},
		},
		Findings: findings,
		Ask: []finding.Ask{
			{Text: "did you click Save Changes in the Redox dashboard?", Cite: []finding.Citation{redoxCite()}},
			{Text: "is the public key uploaded to the same environment as the client ID?"},
			{Text: "is the OAuth API key enabled?"},
		},
		Summary: finding.CaseSummary{Verdict: finding.VerdictFail, Pass: 9, Fail: 2, Warn: 1, Note: 2, Skip: 4},
	}
}

// passCase is a case in which nothing was found, and not everything was looked at.
func passCase() finding.Case {
	c := redoxCase()
	c.Input.Source = "good.jwt"
	c.ReadAs = "an assertion"
	c.Symptom, c.Diagnosis = nil, nil
	c.Profile.Guessed, c.Profile.GuessedBy = true, "aud is Redox's token URL"
	c.Findings = c.Findings[5:]
	c.Summary = finding.CaseSummary{Verdict: finding.VerdictPass, Pass: 2, Skip: 4}
	return c
}

// provenCase is one in which everything was looked at, and the signature verified.
func provenCase() finding.Case {
	c := passCase()
	c.Findings = []finding.Finding{
		{Check: "header-typ", Subject: "typ", Outcome: finding.Pass, Title: "typ is what the provider expects", Message: "typ is JWT"},
		{Check: "header-alg", Subject: "alg", Outcome: finding.Pass, Message: "alg is RS384"},
		{Check: "header-kid", Subject: "kid", Outcome: finding.Pass, Message: "kid is key-1"},
		{Check: "claim-iss-sub", Subject: "iss = sub", Outcome: finding.Pass, Message: "both are c9"},
		{Check: "claim-aud", Subject: "aud", Outcome: finding.Pass, Message: "aud is the token URL"},
		{Check: "time-iat", Subject: "iat", Outcome: finding.Pass, Message: "iat is 42s ago"},
		{Check: "time-exp", Subject: "exp", Outcome: finding.Pass, Message: "exp is in 4m"},
		{Check: "claim-jti", Subject: "jti", Outcome: finding.Pass, Message: "jti is a text of 36 characters"},
		{Check: "signature-valid", Subject: "the signature", Outcome: finding.Pass, Message: "it verifies with key key-1"},
		{Check: "request-method", Subject: "method", Outcome: finding.Skip, Reason: "no request was given", Why: finding.WhyNotGiven},
	}
	c.Summary = finding.CaseSummary{Verdict: finding.VerdictPass, Pass: 9, Skip: 1}
	return c
}

// expiredCase has expired since it was sent, which is all there is to say of it.
func expiredCase() finding.Case {
	c := provenCase()
	c.JudgedAsOf = finding.JudgedAsOf{Time: "2026-11-21T15:02:53Z", Basis: "iat", Words: "2026-11-21 15:02:53Z, its own iat"}
	c.Findings[6] = finding.Finding{Check: "time-exp", Cause: expired, Subject: "exp", Outcome: finding.Fail, Severity: finding.Note, Title: "it expired 8 days ago",
		Message: "Nothing says when it was sent."}
	c.Findings[5] = finding.Finding{Check: "time-iat", Subject: "iat", Outcome: finding.Skip, Why: finding.WhyMoot, Reason: "the times are checked as of iat"}
	c.Findings[8] = finding.Finding{Check: "signature-valid", Subject: "the signature", Outcome: finding.Skip, Why: finding.WhyMissing, Reason: "no key was given", Remedy: "add --jwks FILE|URL or --key FILE"}
	c.Summary = finding.CaseSummary{Verdict: finding.VerdictPass, Pass: 6, Note: 1, Skip: 3}
	return c
}

// refusedCase is a refusal that nothing explains.
func refusedCase() finding.Case {
	c := provenCase()
	c.Findings = append(c.Findings, finding.Finding{
		Check: "response-accepted", Cause: refused, Subject: "acceptance", Outcome: finding.Fail, Severity: finding.Error, Certainty: finding.Certain,
		Title: "the server refused with 401 invalid_client", Message: "What was checked of the request is right.",
		Fix: []string{"Fix the other problems first, then work through the checklist."},
	})
	c.Diagnosis = []finding.Diagnosis{{Cause: refused, Check: "response-accepted", Certainty: finding.Certain, Title: "the server refused with 401 invalid_client"}}
	c.Summary = finding.CaseSummary{Verdict: finding.VerdictFail, Fail: 1, Pass: 9, Skip: 1}
	return c
}

// warnCase has only warnings.
func warnCase() finding.Case {
	c := redoxCase()
	c.Symptom = nil
	c.Diagnosis = c.Diagnosis[2:]
	c.Findings = append(c.Findings[:1:1], c.Findings[5:]...)
	c.Summary = finding.CaseSummary{Verdict: finding.VerdictWarn, Warn: 1, Pass: 2, Skip: 4}
	return c
}

// symptomCase is only a response: the diagnosis has no findings.
func symptomCase() finding.Case {
	c := redoxCase()
	c.Input = finding.Input{Source: "resp.json", Line: 1, Kinds: []string{"response"}}
	c.ReadAs = "a JSON error body"
	c.Diagnosis = []finding.Diagnosis{
		{Cause: "kid-not-in-jwks", Check: "key-selected", Certainty: finding.Possible, Title: "no key has this kid"},
		{Cause: "signed-by-other-key", Check: "signature-valid", Certainty: finding.Possible, Title: "another key of the set verifies it: kid names the wrong one"},
		{Cause: "content-changed", Check: "signature-valid", Certainty: finding.Possible, Title: "right key, but header or payload changed after signing"},
	}
	c.Findings = nil
	c.Symptom = &finding.Symptom{
		Match: "signature validation failed", Means: "Redox found no key that verifies the assertion.",
		Explains: []finding.CauseID{"kid-not-in-jwks", "signed-by-other-key", "content-changed"}, Cite: []finding.Citation{redoxCite()},
	}
	c.Summary = finding.CaseSummary{Verdict: finding.VerdictFail}
	return c
}

func batchReport() finding.Report {
	var cases []finding.Case
	for i := range 9 {
		c := redoxCase()
		c.Input.Source, c.Input.Line = "tokens.txt", i+1
		switch {
		case i == 2:
			c = passCase()
			c.Input.Source, c.Input.Line = "tokens.txt", i+1
		case i == 4:
			c = warnCase()
			c.Input.Source, c.Input.Line = "tokens.txt", i+1
		}
		cases = append(cases, c)
	}
	return report(cases...)
}

// hostileCase has in every field from outside what could break a report.
func hostileCase() finding.Case {
	evil := "\x1b[2J\x1b]0;owned\a\u202egnp\u2066 | x | ]]> <script>alert(1)</script> ::error file=x::owned ##[add-mask]x\r\n::stop-commands::t\n\u2028\u200b\xff`*_[a](http://x)"
	long := strings.Repeat("https://long.example/aaaaaaaaaaaaaaaaaaa", 5)
	c := redoxCase()
	c.Input.Source = "dir/" + evil
	c.ReadAs = evil
	c.Profile.Env, c.Profile.Guessed, c.Profile.GuessedBy, c.Profile.Name = evil, true, evil, evil
	c.JudgedAsOf.Words = ""
	c.Symptom = &finding.Symptom{Match: evil, Means: evil, Explains: []finding.CauseID{"aud-mismatch"}, Cite: []finding.Citation{{Title: evil, URL: "https://x.example/" + evil}}}
	c.Findings[1].Found, c.Findings[1].Expected = long+" ", " "+long
	c.Findings[1].Answer = evil
	c.Findings[1].Fix = []string{evil, "second\n::error::line"}
	c.Findings[2].Timeline.Marks[1].Label = evil
	c.Findings[2].Message = evil + " " + strings.Repeat("longwordwithoutanyspace", 10)
	c.Findings[2].Title = "the title\x9b31m"
	c.Findings[0].At[0].Excerpt = &finding.Excerpt{Text: strings.Repeat("a", 150) + "\x1b[31m\n" + strings.Repeat("b", 150), Start: 150, Length: 6}
	c.Findings[0].At[0].Source.File = evil
	c.Findings[3].Message = evil
	c.Findings[4].Found = strings.Repeat("0123456789", 300)
	c.Findings[4].Severity = finding.Error
	c.Findings = append(c.Findings, finding.Finding{
		Check: "key-strength", Outcome: finding.Broken, Title: "The keys are strong enough", Reason: "index out of range\n::error::" + evil,
	}, finding.Finding{
		Check: "header-typ", Cause: "typ-not-accepted", Outcome: finding.Fail, Severity: finding.Error, Certainty: finding.Possible,
		Message: "typ is text of several lines", Found: "line one\nline two\u202e", Expected: "line one\nline 2", Verbatim: true, Cite: []finding.Citation{{Title: "", URL: long}},
	}, finding.Finding{
		Check: "claim-names", Cause: "claim-misspelt", Outcome: finding.Fail, Severity: finding.Error, Certainty: finding.Likely,
		Message: "long values that differ in the middle",
		Found:   strings.Repeat("k", 700) + "X" + strings.Repeat("m", 700), Expected: strings.Repeat("k", 700) + "Y" + strings.Repeat("m", 700), Verbatim: true,
	})
	c.Decoded.Header = json.RawMessage("{\"alg\":\"\u202e ##[x]\xff\"}")
	c.Decoded.Claims = json.RawMessage("not JSON")
	c.Ask[0].Text = evil
	c.Summary.Broken = 1
	return c
}
