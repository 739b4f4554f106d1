package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// commandLine is what was typed or set, also in the project's file, as evidence for the mask of messages:
// libraries and other rooms quote what they cannot read.
type commandLine struct {
	args    []string
	environ []string
}

// Reveal implements mask.Source: a message about a wrong flag shows no secret even
// if a report would.
func (commandLine) Reveal() bool { return false }

// Person implements mask.Source.
func (commandLine) Person() bool { return false }

// Secrets implements mask.Source: what is not a word, no time and no file name.
func (c commandLine) Secrets(l *mask.List) {
	flag := ""
	for _, a := range c.args {
		name, value, ok := strings.Cut(a, "=")
		switch {
		case strings.HasPrefix(a, "-") && ok:
			c.add(l, strings.TrimLeft(name, "-"), value)
			flag = ""
		case strings.HasPrefix(a, "-"):
			c.add(l, "", strings.TrimLeft(a, "-"))
			flag = strings.TrimLeft(a, "-")
		default:
			c.add(l, flag, a)
			flag = ""
		}
	}
	for _, e := range c.environ {
		name, value, _ := strings.Cut(e, "=")
		flag, ok := strings.CutPrefix(name, envPrefix)
		if !ok {
			continue
		}
		flag = strings.ToLower(strings.ReplaceAll(flag, "_", "-"))
		if _, err := os.Stat(value); err != nil && reads(flag) {
			l.Secret(value) // no file, so the text itself
		}
		c.add(l, flag, value)
	}
	// What is wrong with the file is for settle to say.
	if file, err := readConfig(); err == nil {
		for flag, v := range file.values {
			for _, text := range v.texts {
				c.add(l, flag, text)
			}
		}
	}
}

func (commandLine) add(l *mask.List, flag, value string) {
	l.Address(value)
	l.JWT(value)
	if repeatable(flag) || strings.Contains(value, "://") || ours(value) {
		return
	}
	for line := range strings.Lines(value) {
		for part := range strings.SplitSeq(strings.TrimRight(line, "\r\n"), "=") {
			if !mask.Plain(part) {
				l.Doubtful(part)
			}
		}
	}
}

// ours reports whether a text is an ID of ours, or several: some have digits in them.
func ours(value string) bool {
	if mask.Plain(value) || len(value) > 400 {
		return false // and may be repeated anyway
	}
	ids := append(checkAndCauseIDs(), profile.IDs()...)
	for part := range strings.FieldsFuncSeq(strings.ToLower(value), func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(ids, part) {
			return false
		}
	}
	return true
}

// reads reports whether a flag's value is a file, or the text itself.
func reads(flag string) bool {
	switch flag {
	case "assertion", "request", "response", "jwks", "key", "discovery", "from":
		return true
	}
	return false
}

// repeatable reports whether a flag's value names a client, a server or a key, which
// a message may repeat though it is not a word.
func repeatable(flag string) bool {
	switch flag {
	case "client-id", "aud", "token-url", "issuer", "redirect-uri", "kid", "alg", "scope", "subject", "stdin-filename":
		return true
	}
	return false
}

// hide masks secrets in a text: what looks like one, and what the command line
// contains.
func (w world) hide(text string) string {
	if w.mask == nil {
		return looks(text)
	}
	return w.mask.Text(text)
}

// looks masks what looks like a secret.
func looks(text string) string {
	var m mask.Mask
	return m.Text(text)
}

// brief is what a message repeats of an argument or setting, which may be an
// assertion or a key that landed in the wrong place, or an address with a password
// in it. A word, a time or a file name is repeated; of the rest, only the length.
func brief(s string) string {
	const most, shown = 80, 16
	switch {
	case strings.Contains(s, "://"):
		s = looks(probe.Shown(s))
	case !mask.Plain(s) && !ours(s):
		return mask.Value(s)
	}
	if r := []rune(s); len(r) > most {
		return fmt.Sprintf("%s… (%d characters)", string(r[:shown]), len(r))
	}
	return s
}
