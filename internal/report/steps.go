package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Step is one change of a fix, short enough for a line.
type Step struct {
	// Text is the change as one would write it down: `aud = "https://…"`,
	// "exp = iat + 240" or "remove crit".
	Text string
	// Value is the exact value where Text gives another expression of it, else "".
	Value string
}

const (
	mostSteps = 4   // a longer patch is not shown as steps
	mostStep  = 240 // bytes of a step
	mostLife  = 86400
)

// Steps is the fix of a finding as the changes to make, in short; nil if no
// value is known, or if the patch is not for people to read. A time is reported
// from the iat of the claims where it lies within a day after it.
func Steps(f finding.Finding, claims json.RawMessage) []Step {
	if len(f.Patch) == 0 || len(f.Patch) > mostSteps {
		return nil
	}
	iat, known := issuedAt(claims)
	parts := map[string]bool{}
	for _, patch := range f.Patch {
		parts[patch.Part] = true
		if patch.Part == finding.PartClaims && patch.Pointer == "/iat" {
			known = false
		}
	}
	var steps []Step
	for _, patch := range f.Patch {
		name := stepName(patch.Pointer)
		if name == "" {
			return nil
		}
		from := ""
		if len(parts) > 1 {
			from = " (" + patch.Part + ")"
		}
		if patch.Remove {
			steps = append(steps, Step{Text: "remove " + name + from})
			continue
		}
		value, err := encodeCompact(patch.Value)
		if err != nil || len(value) > mostStep {
			return nil
		}
		step := Step{Text: name + " = " + string(value) + from}
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil && known && (name == "exp" || name == "nbf") && n > iat && n-iat <= mostLife {
			step = Step{Text: fmt.Sprintf("%s = iat + %d", name, n-iat), Value: string(value)}
		}
		steps = append(steps, step)
	}
	return steps
}

// stepName writes a JSON Pointer as people write a member: "aud", "keys[0].alg".
func stepName(pointer string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch _, err := strconv.ParseUint(part, 10, 31); {
		case err == nil && b.Len() > 0:
			b.WriteString("[" + part + "]")
		case b.Len() > 0:
			b.WriteString("." + part)
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}

// issuedAt is the iat of the claims, where it is a whole number.
func issuedAt(claims json.RawMessage) (int64, bool) {
	var c struct {
		Iat json.Number `json:"iat"`
	}
	dec := json.NewDecoder(bytes.NewReader(claims))
	dec.UseNumber()
	if dec.Decode(&c) != nil {
		return 0, false
	}
	n, err := c.Iat.Int64()
	return n, err == nil
}

// remark is what a sentence says beyond the one step it describes: the step is
// on the line already. It returns "" if that is nothing.
func remark(sentence string, patch finding.Patch) string {
	name := stepName(patch.Pointer)
	lead := "Remove " + name
	if !patch.Remove {
		value := fmt.Sprint(patch.Value)
		if text, ok := patch.Value.(string); ok {
			value = text
		} else if text, err := encodeCompact(patch.Value); err == nil {
			value = string(text)
		}
		lead = "Set " + name + " to " + value
	}
	rest, ok := strings.CutPrefix(sentence, lead)
	if !ok || rest != "" && !strings.ContainsAny(rest[:1], ".,:; (") {
		return sentence
	}
	rest = strings.TrimRight(strings.TrimLeft(rest, ".,:; "), ". ")
	if strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")") && strings.Count(rest, "(") == 1 {
		rest = rest[1 : len(rest)-1]
	}
	return rest
}

// told splits a fix into its steps, what is said of the only one, and
// further sentences.
func told(f finding.Finding, claims json.RawMessage) (steps []Step, beside string, more []string) {
	steps = Steps(f, claims)
	for n, fix := range f.Fix {
		if n == 0 && len(steps) == 1 {
			if rest := remark(fix, f.Patch[0]); rest != fix {
				beside = rest
				continue
			}
		}
		if fix != "" {
			more = append(more, fix)
		}
	}
	if len(steps) == 1 {
		switch value := steps[0].Value; {
		case value != "" && beside != "":
			beside = value + "; " + beside
		case value != "":
			beside = value
		}
	}
	return steps, beside, more
}

// Fix is the one line that says how to fix a finding: its steps, else the first
// of its sentences; "" if there is neither.
func Fix(f finding.Finding, claims json.RawMessage) string {
	if steps := Steps(f, claims); len(steps) > 0 {
		texts := make([]string, len(steps))
		for i, s := range steps {
			texts[i] = s.Text
		}
		return strings.Join(texts, ", ")
	}
	if len(f.Fix) > 0 {
		return strings.TrimSuffix(f.Fix[0], ".")
	}
	return ""
}

// First is the fault of a case that is reported first, in short: its cause, what is
// wrong, and how to fix it, each "" if there is none.
func First(c finding.Case) (cause finding.CauseID, headline, fix string) {
	s := sortCase(c)
	e := s.first()
	if e == nil {
		return "", "", ""
	}
	if e.found != nil {
		fix = Fix(*e.found, c.Decoded.Claims)
	}
	return e.cause, e.headline(), fix
}
