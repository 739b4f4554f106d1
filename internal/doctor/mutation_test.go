package doctor_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// mutate changes a text a little, and says where: from there on, or in there.
func mutate(r *rand.Rand, text []byte, from, to int) []byte {
	out := bytes.Clone(text)
	at := from + r.IntN(to-from)
	length := 1 + r.IntN(min(8, to-at))
	switch r.IntN(8) {
	case 0: // a bit
		out[at] ^= 1 << r.IntN(8)
	case 1: // gone
		out = append(out[:at], out[at+length:]...)
	case 2: // twice
		out = append(out[:at+length:at+length], text[at:]...)
	case 3: // another byte
		out[at] = byte(r.Uint32())
	case 4: // exchanged with its neighbour
		if at+1 < to {
			out[at], out[at+1] = out[at+1], out[at]
		}
	case 5: // something put in
		odd := []string{"\x00", "\n", "=", ".", "%", "\"", "\u200b", "\ufeff", "[[[[", "}}", "eyJ", "\x1b[2J", "&", "\\u0000", strings.Repeat("A", 300)}
		out = append(out[:at:at], append([]byte(odd[r.IntN(len(odd))]), text[at:]...)...)
	case 6: // the case of letters
		for i := at; i < at+length; i++ {
			if c := out[i] | 0x20; c >= 'a' && c <= 'z' {
				out[i] ^= 0x20
			}
		}
	default: // another letter
		out[at] = "ABCXYZabcxyz019-_"[r.IntN(17)]
	}
	return out
}

// Healthy inputs, changed at random: nothing breaks, nothing that was not signed is
// called valid, and nothing is certain that the change contradicts.
func TestMutations(t *testing.T) {
	total := 500
	if long() {
		total = 20_000
	}
	ring := testKeys(t)
	s := healthySigned(ring)
	in := b64(s.header.json()) + "." + b64(s.claims.json())
	compact := in + "." + base64.RawURLEncoding.EncodeToString(s.sign(in))
	opts := s.opts
	opts.JWKS = &doctor.Document{Source: "jwks.json", Data: jwks(s.keys...)}
	form := "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" + compact
	url := "https://fhir.example.test/oauth2/token"
	texts := []string{
		compact,
		form,
		"POST /oauth2/token HTTP/1.1\r\nHost: fhir.example.test\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n" + form,
		"curl -X POST " + url + " -H 'Content-Type: application/x-www-form-urlencoded' -d '" + form + "'",
		`{"log":{"version":"1.2","entries":[{"startedDateTime":"2025-10-09T08:53:20.000Z","time":12,"request":{"method":"POST","url":"` + url + `","headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"` + form + `"}},"response":{"status":200,"headers":[],"content":{"mimeType":"application/json","text":"{\"access_token\":\"x\",\"token_type\":\"Bearer\"}"}}}]}}`,
		"2025-10-09T08:53:20Z INFO token request failed: 401 {\"error\":\"invalid_client\"} assertion=" + compact,
	}
	parts := strings.Split(compact, ".")
	random := rand.New(rand.NewPCG(20, 26))
	for n := range total {
		text := []byte(texts[n%len(texts)])
		from, to := 0, len(text)
		where := ""
		if n%len(texts) == 0 { // only of an assertion it is known what a part is
			spans := [][2]int{{0, len(parts[0])}, {len(parts[0]) + 1, len(parts[0]) + 1 + len(parts[1])}, {len(parts[0]) + len(parts[1]) + 2, len(compact)}}
			i := random.IntN(3)
			from, to, where = spans[i][0], spans[i][1], []string{"header", "claims", "signature"}[i]
		}
		changed := mutate(random, text, from, to)
		name := fmt.Sprintf("%d (%s): %q", n, where, changed)
		var cases []finding.Case
		_, err := doctor.Run(t.Context(), opts, []doctor.Input{{Name: "in.txt", Open: bytes.NewReader(changed)}}, func(c finding.Case) error {
			cases = append(cases, c)
			return nil
		})
		if err != nil && strings.Contains(err.Error(), "fault of jwtdoctor") {
			t.Errorf("%s: %v", name, err)
		}
		for _, c := range cases {
			if b := broken(c); b != nil {
				t.Errorf("%s: broken: %v", name, b)
			}
			for _, f := range c.Findings {
				check := string(f.Check)
				switch {
				case check == "signature-valid" && f.Outcome == finding.Pass && c.Summary.Verdict == finding.VerdictPass && !bytes.Contains(flat(changed), []byte(parts[0]+"."+parts[1]+".")):
					t.Errorf("%s: valid without a word, and not what was signed", name)
				case !f.Failed() || !certainly(c, f):
				case where == "signature" && (strings.HasPrefix(check, "claim-") || strings.HasPrefix(check, "time-") || strings.HasPrefix(check, "header-")),
					where == "claims" && strings.HasPrefix(check, "header-"), where == "header" && strings.HasPrefix(check, "time-"):
					if bytes.Count(changed, []byte(".")) == 2 { // else it is not known where a part ends
						t.Errorf("%s: %s is certain, and was not touched", name, f.Cause)
					}
				}
			}
		}
	}
}

// flat is a text without what readers remove from an assertion.
func flat(text []byte) []byte {
	return []byte(strings.NewReplacer("\n", "", "\r", "", " ", "", "\t", "", "\u200b", "", "\ufeff", "", "\x00", "").Replace(string(text)))
}

func certainly(c finding.Case, f finding.Finding) bool {
	for _, d := range c.Diagnosis {
		if d.Cause == f.Cause && d.Check == f.Check {
			return d.Certainty == finding.Certain
		}
	}
	return false
}
