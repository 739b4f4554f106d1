package doctor_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// What is at the end of a long log is found, with the time of its line, however many
// lines have a time. A text over the limit is refused with the limit named; it is
// called a broken JWT only if it begins as one.
func TestLongTexts(t *testing.T) {
	const at = "2025-10-09T08:53:20Z INFO " // now
	tok := healthy("redox")
	tok.claims.set("exp", now+3600)
	rows := func(line string) string { return strings.Repeat(at+line+"\n", 12_000) }
	log := strings.Repeat(at+"nothing here\n", 12_000)
	for _, row := range []struct {
		name, text string
		want       []string
		says       string
	}{
		{"a JWT at the end of a log", log + at + "client_assertion=" + tok.compact() + "\n", []string{"lifetime-too-long"}, ""},
		{"a healthy one", log + at + "client_assertion=" + healthy("redox").compact() + "\n", nil, ""},
		{"a JWT below a log of other requests", rows("calling https://api.redoxengine.com/fhir/R4/Patient/1?_count=10 status=200") + at + "client_assertion=" + tok.compact() + "\n", []string{"lifetime-too-long"}, ""},
		{"a healthy one below other requests", rows("GET https://api.redoxengine.com/fhir/R4/Patient/1 200") + at + "client_assertion=" + healthy("redox").compact() + "\n", nil, ""},
		{"a healthy one below records", rows(`{"message":"x","service":"y"}`) + at + "client_assertion=" + healthy("redox").compact() + "\n", nil, ""},
		{"a refusal below more than is kept", rows("status=404") + at + "{\"error\":\"invalid_client\"}\n", nil, "was not searched"},
		{"words over the limit", strings.Repeat("hello world line\n", 260_000), nil, "up to 4 MiB"},
		{"a JWT over the limit", strings.Repeat("eyJ.", 1_100_000), []string{"not-a-jwt"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			cases := 0
			opts := healthy("redox").opts
			opts.Now = ""
			_, err := doctor.Run(t.Context(), opts, []doctor.Input{{Name: "long.txt", Open: strings.NewReader(row.text)}}, func(c finding.Case) error {
				cases++
				got = append(got, failed(c)...)
				if row.says == "" && row.name != "a JWT over the limit" && c.JudgedAsOf.Basis != "log" {
					t.Errorf("judged by %q", c.JudgedAsOf.Basis)
				}
				return nil
			})
			var bad doctor.InputError
			if !slices.Equal(got, row.want) || errors.As(err, &bad) != (row.says != "") || row.says != "" && !strings.Contains(bad.Message, row.says) || cases > 0 != (row.says == "") {
				t.Errorf("%v and %v in %d cases, want %v", got, err, cases, row.want)
			}
		})
	}
}
