package main

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// isBareAddress reports whether an argument is an address and nothing else, as
// far as one can see: it contains no secret that the shell should not remember.
func isBareAddress(arg string) bool {
	return isAddress(arg) && !strings.ContainsAny(arg, " \t\r\n?=&") && !strings.Contains(arg, "eyJ") && !strings.Contains(arg, "@")
}

// tellAddresses says of each input that was one address whose it is and what
// goes there: as the answer where nothing else was given, else as a note.
func (c *check) tellAddresses(result doctor.Result) {
	for _, a := range result.Addresses {
		switch text := aboutAddress(a); {
		case result.Summary.Cases == 0 && c.format == "text":
			c.print(text + "\n")
		case !c.quiet || result.Summary.Cases == 0:
			c.note("%s", strings.ReplaceAll(text, "\n", " "))
		}
	}
}

// aboutAddress says whose an address is, and which command goes there.
func aboutAddress(a doctor.Address) string {
	url := visible.Text(a.URL)
	what := a.Endpoint
	if what == "" {
		what = "address"
	}
	article := "a"
	if strings.ContainsRune("aeiou", rune(what[0])) {
		article = "an"
	}
	var b strings.Builder
	switch {
	case a.Profile == "":
		b.WriteString(url + " is " + article + " " + what + " that no profile knows.")
	case a.Documented && a.Env != "":
		b.WriteString(url + " is " + a.Name + "'s " + what + " (profile " + a.Profile + ", environment " + a.Env + ").")
	case a.Documented:
		b.WriteString(url + " is " + a.Name + "'s " + what + " (profile " + a.Profile + ").")
	default:
		b.WriteString(url + " looks like " + a.Name + "'s (profile " + a.Profile + ")")
		if a.Endpoint != "" {
			b.WriteString(", by its path " + article + " " + what)
		}
		b.WriteString(".")
	}
	b.WriteString("\nNothing was sent there. To test the connection: jwtdoctor probe " + url)
	switch a.Endpoint {
	case "key set":
		b.WriteString("\nTo check its keys: jwtdoctor jwks " + url)
	case "discovery document":
		b.WriteString("\nTo check an assertion against it: jwtdoctor check --discovery " + url + " token.jwt")
	}
	return b.String()
}
