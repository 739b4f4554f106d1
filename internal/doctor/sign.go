package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/mint"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// SignOptions is what to mint, in addition to the options of a judging run.
type SignOptions struct {
	Options
	Kid, Alg string
	Subject  string
	Lifetime time.Duration
	Claims   []mint.Member
	From     *Input // an assertion to repair
}

// Sign mints an assertion with the private key of opts.Key and judges it as
// any other before it hands it out: what its own checks would fail is an
// error. The case is that judgement.
func Sign(ctx context.Context, opts SignOptions) (mint.Assertion, finding.Case, error) {
	if opts.Key == nil {
		return mint.Assertion{}, finding.Case{}, UsageError{"--key FILE is needed: the private key to sign with, or - for standard input"}
	}
	file := jose.ParseKeyFile(opts.Key.Data)
	if !file.CanSign() {
		return mint.Assertion{}, finding.Case{}, InputError{cannotSign(opts.Key.Source, file)}
	}
	d, err := New(opts.Options)
	if err != nil {
		return mint.Assertion{}, finding.Case{}, err
	}
	order := mint.Order{
		Key: file.Key, ClientID: opts.ClientID, Subject: opts.Subject, TokenURL: opts.TokenURL, Issuer: opts.Issuer,
		Env: opts.Env, Alg: opts.Alg, Kid: opts.Kid, Lifetime: opts.Lifetime, Claims: opts.Claims, Now: d.now,
	}
	if len(opts.Aud) > 0 {
		order.Aud = opts.Aud[0]
	}
	if set, ok := d.keys.public.Get(); ok && opts.JWKS != nil && len(set.Set.Keys) == 0 {
		return mint.Assertion{}, finding.Case{}, InputError{"--jwks: " + opts.JWKS.Source + " is not a key set, or has no key that can be read; jwtdoctor jwks shows what is wrong with it"}
	}
	order.NoSet = noSet(opts.JWKS, d.keys)
	if set, ok := d.keys.jwks.Get(); ok {
		order.Set, order.SetFrom = set.Set, set.Source
		order.Key = asPublished(file.Key, set.Set, opts.Kid)
	}
	name := ""
	if len(opts.Profiles) > 0 {
		name = opts.Profiles[0]
	}
	if opts.From != nil {
		from, id, err := d.failing(ctx, *opts.From)
		if err != nil {
			return mint.Assertion{}, finding.Case{}, err
		}
		order.From = &from
		if name == "" {
			name = id
		}
		if order.ClientID == "" {
			order.ClientID = agreedClient(from)
		}
	}
	if name == "" {
		name = profile.Standard
	}
	if order.Rules, err = d.profiles.get(name); err != nil {
		return mint.Assertion{}, finding.Case{}, err
	}
	made, err := mint.Make(order)
	if err != nil {
		return mint.Assertion{}, finding.Case{}, UsageError{err.Error()}
	}
	if _, readable := d.keys.public.Get(); !readable {
		opts.JWKS = nil // what did not come says nothing, and the key itself serves
	}
	c, err := d.selfCheck(ctx, opts.Options, name, order.ClientID, made)
	return made, c, err
}

// noSet says why there are no published keys although an address of some was given, as a
// clause; "" if there are, or none was given.
func noSet(d *Document, k keys) string {
	switch _, ok := k.public.Get(); {
	case d == nil || ok:
		return ""
	case d.Fetched == nil:
		return "the key set at " + d.Source + " was not fetched"
	case d.Fetched.Trouble != "":
		return "the key set at " + d.Source + " could not be fetched: " + strings.TrimSuffix(d.Fetched.Trouble, ".")
	case d.Fetched.Status != 200:
		return fmt.Sprintf("the key set at %s could not be fetched: the server answers with status %d", d.Source, d.Fetched.Status)
	}
	return d.Source + " is a web page, not a key set"
}

// asPublished is the key with the alg of its published half, where it names
// none itself: servers compare an assertion with that.
func asPublished(key *jose.Key, set *jose.Set, kid string) *jose.Key {
	if key.Alg != "" {
		return key
	}
	for _, published := range set.Keys {
		if published.Alg == "" || !published.Matches(key) || kid != "" && published.Kid != kid {
			continue
		}
		named := *key
		named.Alg = published.Alg
		return &named
	}
	return key
}

// selfCheck judges what was made with the key that made it. What is wrong with
// the published set is not a fault of what was made.
func (d *Doctor) selfCheck(ctx context.Context, opts Options, profileName, clientID string, made mint.Assertion) (finding.Case, error) {
	opts.Profiles, opts.ClientID = []string{profileName}, clientID
	var judged finding.Case
	if _, err := Run(ctx, opts, []Input{{Name: "the assertion made", Open: strings.NewReader(made.Compact)}}, func(c finding.Case) error {
		judged = c
		return nil
	}); err != nil {
		return judged, err
	}
	var wrong []string
	for _, f := range judged.Findings {
		if f.Failed() && f.Severity == finding.Error && !d.ofSetAlone(f.Check) {
			wrong = append(wrong, f.Title+" ("+string(f.Cause)+")")
		}
	}
	if len(wrong) > 0 {
		return judged, UsageError{"the assertion would not pass: " + strings.Join(wrong, "; ")}
	}
	return judged, nil
}

// cannotSign says in words why a key file gives no key to sign with.
func cannotSign(source string, file *jose.KeyFile) string {
	if len(file.Problems) > 0 {
		return fmt.Sprintf("%s: %s", source, file.Problems[0].Message)
	}
	return fmt.Sprintf("%s is %s, which cannot sign", source, file.What)
}

// failing judges the assertion to repair and returns its members, and which of
// them are at fault, with the profile it was judged against. Nothing is masked in what
// it returns: a repair has to keep what it does not change.
func (d *Doctor) failing(ctx context.Context, in Input) (mint.Failing, string, error) {
	var f mint.Failing
	var id string
	var from error
	r := d.newRun()
	r.accept = func(s subject) error {
		if id != "" || from != nil {
			return nil // one is enough
		}
		c := d.caseOf(d.resolve(nil, s))
		if a, ok := c.Assertion.Get(); ok && a.Shape == evidence.ShapeJWE {
			from = InputError{in.Name + " is an encrypted JWT (JWE): without the key of its recipient its claims cannot be read, so it cannot be repaired; leave --from out to create an assertion"}
			return nil
		}
		r.exams.examine(c)
		var judged finding.Case
		if judged, from = d.judgeBy(c, 0, c.Seen, "", nil); from != nil {
			return nil
		}
		id = judged.Profile.ID
		for _, found := range judged.Findings {
			if !found.Failed() || found.Severity == finding.Note && found.ConsequenceOf == "" {
				continue
			}
			for _, at := range found.At {
				name, _, _ := strings.Cut(strings.TrimPrefix(at.Pointer, "/"), "/")
				name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
				switch at.Part {
				case finding.PartHeader:
					f.BadHeader = append(f.BadHeader, name)
				case finding.PartClaims:
					f.BadClaims = append(f.BadClaims, name)
				}
			}
		}
		whole := judge.Decode(c, true)
		f.Header, f.Claims = members(whole.Header), members(whole.Claims)
		return nil
	}
	if err := r.input(ctx, in); err != nil {
		return f, "", err
	}
	if from == nil && len(f.Header)+len(f.Claims) == 0 {
		from = InputError{"there is no assertion that can be read in " + in.Name + ", so there is nothing to repair; leave --from out to create one"}
	}
	return f, id, from
}

// members lists the members of a JSON object in order.
func members(raw json.RawMessage) []mint.Member {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var out []mint.Member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return out
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return out
		}
		text, _ := name.(string)
		out = append(out, mint.Member{Name: text, JSON: string(value)})
	}
	return out
}

// agreedClient is the client ID a failing assertion names on its own: iss, where
// nothing is wrong with it.
func agreedClient(f mint.Failing) string {
	for _, claim := range []string{"iss", "sub"} {
		if slices.Contains(f.BadClaims, claim) {
			continue
		}
		for _, m := range f.Claims {
			var s string
			if m.Name == claim && json.Unmarshal([]byte(m.JSON), &s) == nil {
				return s
			}
		}
	}
	return ""
}
