package doctor_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// judgePaste judges one text; nil and a sentence where nothing in it is recognised.
func judgePaste(t *testing.T, opts doctor.Options, text string) ([]finding.Case, string) {
	t.Helper()
	var out []finding.Case
	_, err := doctor.Run(t.Context(), opts, []doctor.Input{{Name: "paste.txt", Open: strings.NewReader(text)}}, func(c finding.Case) error {
		out = append(out, c)
		return nil
	})
	var bad doctor.InputError
	if errors.As(err, &bad) {
		return out, bad.Message
	}
	if err != nil {
		t.Fatal(err)
	}
	return out, ""
}

// decodedOf is an assertion of a test as header and claims, and its encoded parts.
func decodedOf(tok *token) (header, claims string, parts []string) {
	return tok.header.json(), tok.claims.json(), strings.Split(tok.compact(), ".")
}

func TestPaste(t *testing.T) {
	badAud := func(tok *token) { tok.claims.set("aud", "https://example.com/other") }
	body := func(assertion string) string {
		return "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" + assertion
	}
	for _, row := range []struct {
		name   string
		change func(*token)
		text   func(*token) string
		kinds  []string
		want   []string
	}{
		{"decoded", badAud, func(tok *token) string {
			h, c, _ := decodedOf(tok)
			return "What do I do wrong? This is what jwt.io shows:\n\nHeader:\n" + h + "\n\nPayload:\n" + c + "\n"
		}, []string{"decoded-assertion"}, []string{"aud-mismatch"}},
		{"control: decoded and healthy", nil, func(tok *token) string {
			h, c, _ := decodedOf(tok)
			return "What do I do wrong? This is what jwt.io shows:\n\nHeader:\n" + h + "\n\nPayload:\n" + c + "\n"
		}, []string{"decoded-assertion"}, nil},
		{"signature replaced", badAud, func(tok *token) string {
			_, _, p := decodedOf(tok)
			return "I send " + p[0] + "." + p[1] + ".<signature> and it is refused.\n"
		}, []string{"assertion"}, []string{"aud-mismatch"}},
		{"control: signature replaced and healthy", nil, func(tok *token) string {
			_, _, p := decodedOf(tok)
			return "I send " + p[0] + "." + p[1] + ".<signature> and it is refused.\n"
		}, []string{"assertion"}, nil},
		{"a log with a request", badAud, func(tok *token) string {
			return "2026-11-21 08:00:00 DEBUG sending POST https://api.redoxengine.com/v2/auth/token\n2026-11-21 08:00:00 DEBUG body: " + body(tok.compact()) + "\n"
		}, []string{"request", "assertion"}, []string{"aud-mismatch"}},
		{"control: a log with a healthy request", nil, func(tok *token) string {
			return "2026-11-21 08:00:00 DEBUG sending POST https://api.redoxengine.com/v2/auth/token\n2026-11-21 08:00:00 DEBUG body: " + body(tok.compact()) + "\n"
		}, []string{"request", "assertion"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			tok := healthy("redox")
			if row.change != nil {
				row.change(tok)
			}
			got, nothing := judgePaste(t, tok.opts, row.text(tok))
			if len(got) != 1 {
				t.Fatalf("%d cases (%s)", len(got), nothing)
			}
			if b := broken(got[0]); b != nil {
				t.Fatalf("broken: %v", b)
			}
			if !slices.Equal(got[0].Input.Kinds, row.kinds) {
				t.Errorf("kinds %v, want %v", got[0].Input.Kinds, row.kinds)
			}
			var errs []string
			for _, f := range got[0].Findings {
				if f.Failed() && f.Severity == finding.Error {
					errs = append(errs, string(f.Cause))
				}
			}
			if !slices.Equal(errs, row.want) {
				t.Errorf("errors %v, want %v", errs, row.want)
			}
		})
	}
}

// The jti of an assertion without its signature is as secret as that of any other.
func TestPasteHidesSecrets(t *testing.T) {
	tok := healthy("redox")
	tok.claims.set("jti", "b7c1e0f2-9a44-4c3e-8f11-0d5e6a7b8c9d")
	tok.claims.set("aud", "https://example.com/other")
	header, claims, p := decodedOf(tok)
	for _, text := range []string{
		"I send " + p[0] + "." + p[1] + ".*** and it is refused.\n",
		"Header: " + header + "\nPayload: " + claims + "\n",
	} {
		got, nothing := judgePaste(t, tok.opts, text)
		if len(got) != 1 {
			t.Fatalf("%d cases (%s)", len(got), nothing)
		}
		out, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), "b7c1e0f2-9a44") || strings.Contains(string(out), p[1]) {
			t.Errorf("shown: %s", out)
		}
		if !strings.Contains(string(out), "aud-mismatch") {
			t.Error("control: aud was not judged")
		}
	}
}

func TestPasteOfNothing(t *testing.T) {
	for _, text := range []string{"just a sentence, and no token in it", "api.redoxengine.com", `{"a":1}`, `{"message":"Not Found"}`, "# Notes\n\ninvalid_client means that the client is not known.\n"} {
		got, nothing := judgePaste(t, healthy("redox").opts, text)
		if len(got) != 0 || !strings.Contains(nothing, "nothing recognised; expected an assertion") {
			t.Errorf("%q: %d cases, %q", text, len(got), nothing)
		}
	}
}

// A command with a slip in it is all the text there is: the slip is what matters.
func TestPasteOfABrokenCommand(t *testing.T) {
	_, nothing := judgePaste(t, healthy("redox").opts, "curl -d 'grant_type=client_credentials https://as.example/token")
	if !strings.Contains(nothing, "the quotation mark ' in column 9 is never closed") || strings.Contains(nothing, "nothing recognised") {
		t.Errorf("%q", nothing)
	}
}

func TestPasteOfAnError(t *testing.T) {
	opts := healthy("redox").opts
	got, _ := judgePaste(t, opts, "Traceback (most recent call last):\n  File \"app.py\", line 3, in f\n    return key.sign(msg, padding.PKCS1v15(), self.hash_alg())\nTypeError: ECPrivateKey.sign() takes 2 positional arguments but 3 were given\n")
	if len(got) != 1 || len(got[0].Diagnosis) == 0 || got[0].Diagnosis[0].Cause != "key-alg-mismatch" || got[0].Summary.Verdict != finding.VerdictFail {
		t.Fatalf("%+v", got)
	}
	for _, f := range got[0].Findings {
		if f.Failed() && (f.Severity != finding.Error || len(f.At) != 1 || f.At[0].Part != finding.PartText || f.At[0].Line != 4) {
			t.Errorf("%s: %s at %+v", f.Cause, f.Severity, f.At)
		}
	}
}

func TestPasteTellsTheTime(t *testing.T) {
	tok := healthy("redox")
	tok.opts.Now = ""
	for stamp, basis := range map[string]string{"2026-11-21T08:00:30Z": "log", "2026-11-21 08:00:30": ""} {
		got, _ := judgePaste(t, tok.opts, stamp+" INFO client_assertion="+tok.compact()+"\n")
		if len(got) != 1 {
			t.Fatalf("%d cases", len(got))
		}
		if is := got[0].JudgedAsOf.Basis; is == "log" != (basis == "log") {
			t.Errorf("%s: basis %s", stamp, is)
		}
	}
}

// The time of a log without a zone may be off by the offset of a zone. If the assertion
// was valid then in any, that it has expired by now does not explain a refusal.
func TestLogTimeWithoutZone(t *testing.T) {
	for _, row := range []struct {
		name, stamp string
		explains    bool
	}{
		{"valid in UTC", "[2025-10-09 08:54:00]", false},
		{"valid in another zone", "2025-10-09 14:24:00", false},
		{"valid west of UTC", "2025-10-08 23:54:00", false},
		{"within the skew of iat", "[2025-10-09 08:53:05]", false},
		{"control: expired in every zone", "[2025-10-09 08:58:00]", true},
		{"control: an offset that no zone has", "[2025-10-09 09:09:00]", true},
		{"control: another day", "[2025-10-11 08:54:00]", true},
		{"control: expired, with a zone", "2025-10-09T08:58:00Z", true},
		{"control: no time", "INFO", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			tok := healthy("redox")
			tok.opts.Now, tok.opts.Clock = "", later
			got, nothing := judgePaste(t, tok.opts, row.stamp+" DEBUG POST https://api.redoxengine.com/v2/auth/token body: grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="+tok.compact()+
				"\n"+row.stamp+` ERROR HTTP 400 {"error":"invalid_request","error_description":"\"exp\" claim timestamp check failed"}`+"\n")
			if len(got) != 1 || len(got[0].Diagnosis) == 0 {
				t.Fatalf("%d cases (%s)", len(got), nothing)
			}
			d := got[0].Diagnosis[0]
			if explains := slices.Contains(failed(got[0]), "exp-past"); explains != row.explains || d.Cause != "exp-past" || (d.Certainty == finding.Possible) == row.explains {
				t.Errorf("fails %v, diagnosis %+v", failed(got[0]), d)
			}
		})
	}
}

// An answer that many an API gives counts with a request of another input.
func TestPasteOfAWeakAnswer(t *testing.T) {
	tok := healthy("redox")
	request := "POST /v2/auth/token HTTP/1.1\nHost: api.redoxengine.com\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" + tok.compact()
	for _, order := range [][]given{
		{{"request.http", request}, {"answer.json", `{"message":"Not Found"}`}},
		{{"answer.json", `{"message":"Not Found"}`}, {"request.http", request}},
	} {
		got := judgeAll(t, tok.opts, order...)
		if len(got) != 1 || !slices.Contains(got[0].Input.Kinds, "request") || !slices.Contains(got[0].Input.Kinds, "response") {
			t.Errorf("%s first: %d cases, %+v", order[0].name, len(got), got[0].Input)
		}
	}
}

func TestPasteTellsWhatItDidNotUse(t *testing.T) {
	tok := healthy("redox")
	other := healthy("redox")
	other.claims.set("sub", "someone")
	other.claims.set("scope", "system/*.read")
	got, nothing := judgePaste(t, tok.opts, "client_assertion: "+tok.compact()+"\n\naccess_token: "+other.compact()+"\n")
	if len(got) != 1 {
		t.Fatalf("%d cases (%s)", len(got), nothing)
	}
	want := []finding.Unused{{Line: 3, What: "an access token"}}
	if !slices.Equal(got[0].Input.Unused, want) {
		t.Errorf("unused %v, want %v", got[0].Input.Unused, want)
	}
}
