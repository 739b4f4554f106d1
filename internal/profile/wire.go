package profile

import (
	"encoding/binary"
	"regexp"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// wire writes values or reads them back. Each method describes one type for both
// directions, so that the two cannot disagree. Texts are stored once, in a pool;
// those that are read share its memory.
//
// What is read was written by this program and is compared with its source by a
// test: a fault in it is a fault of ours, and panics.
type wire struct {
	pool *pool  // to write to; nil to read
	data []byte // written so far

	texts string // the pool to read from
	rest  string // what is left to read
}

// pool is the texts written so far, each once.
type pool struct {
	text strings.Builder
	at   map[string]int
}

func (p *pool) place(s string) int {
	at, ok := p.at[s]
	if !ok {
		at = p.text.Len()
		p.text.WriteString(s)
		p.at[s] = at
	}
	return at
}

func (w *wire) writing() bool { return w.pool != nil }

func (w *wire) number(n *uint64) {
	if w.writing() {
		w.data = binary.AppendUvarint(w.data, *n)
		return
	}
	v, shift := uint64(0), 0
	for i := range len(w.rest) {
		c := w.rest[i]
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			*n, w.rest = v, w.rest[i+1:]
			return
		}
		shift += 7
	}
	panic("the embedded profiles are cut short")
}

func (w *wire) int(n *int) {
	v := uint64(*n)
	w.number(&v)
	*n = int(v)
}

func (w *wire) bool(b *bool) {
	n := 0
	if *b {
		n = 1
	}
	w.int(&n)
	*b = n == 1
}

func (w *wire) string(s *string) {
	n, at := len(*s), 0
	w.int(&n)
	if n == 0 {
		*s = ""
		return
	}
	if w.writing() {
		at = w.pool.place(*s)
	}
	w.int(&at)
	if !w.writing() {
		*s = w.texts[at : at+n]
	}
}

// list describes a slice; nil and empty differ.
func list[T any](w *wire, l *[]T, each func(*wire, *T)) {
	n := 0
	if *l != nil {
		n = len(*l) + 1
	}
	w.int(&n)
	if !w.writing() {
		*l = nil
		if n > 0 {
			*l = make([]T, n-1)
		}
	}
	for i := range *l {
		each(w, &(*l)[i])
	}
}

func (w *wire) strings(l *[]string) { list(w, l, (*wire).string) }

// optional describes a pointer that may be nil.
func optional[T any](w *wire, p **T, each func(*wire, *T)) {
	there := *p != nil
	w.bool(&there)
	switch {
	case !there:
		*p = nil
		return
	case !w.writing():
		*p = new(T)
	}
	each(w, *p)
}

// profile describes what a profile says itself, without what it extends. From of
// its parts is its ID, and is not written.
func (w *wire) profile(p *Profile) {
	w.string(&p.ID)
	w.string(&p.Name)
	w.strings(&p.Aliases)
	w.string(&p.Field)
	w.string(&p.Kind)
	w.string((*string)(&p.Carrier))
	w.string(&p.Extends)
	w.string(&p.About)
	list(w, &p.Cites, func(w *wire, c *Cite) {
		w.string(&c.Key)
		w.citation(&c.Citation)
	})
	w.strings(&p.Recognise.Hosts)
	w.strings(&p.Recognise.Paths)
	list(w, &p.Recognise.Claims, (*wire).claimLike)
	w.cites(&p.Recognise.Cite)
	list(w, &p.Envs, (*wire).environment)
	list(w, &p.Rules, func(w *wire, r *Rule) {
		w.rule(r)
		r.From = p.ID
	})
	w.severities(&p.Severities)
	list(w, &p.Symptoms, func(w *wire, s *Symptom) {
		w.symptom(s)
		s.From = p.ID
	})
	w.strings(&p.Order)
	list(w, &p.Differences, func(w *wire, d *Difference) {
		w.string(&d.About)
		list(w, &d.Say, func(w *wire, s *Statement) {
			w.string(&s.Text)
			w.cites(&s.Cite)
		})
		w.strings(&d.Source)
		d.From = p.ID
	})
	list(w, &p.Ask, func(w *wire, a *Ask) {
		w.string(&a.Text)
		w.cites(&a.Cite)
		w.strings(&a.Source)
		a.From = p.ID
	})
	list(w, &p.Notes, func(w *wire, n *Note) {
		w.string(&n.Text)
		w.cites(&n.Cite)
		n.From = p.ID
	})
}

func (w *wire) citation(c *finding.Citation) {
	w.string(&c.Title)
	w.string(&c.URL)
	w.string(&c.Seen)
	w.string(&c.Authority)
}

func (w *wire) cites(l *[]finding.Citation) { list(w, l, (*wire).citation) }

func (w *wire) environment(e *Environment) {
	w.string(&e.Name)
	w.string(&e.TokenURL)
	w.string(&e.Issuer)
	w.string(&e.Authorize)
	w.strings(&e.Aud)
	w.strings(&e.AudSeen)
	w.string(&e.Note)
	type pair struct{ name, url string }
	var pairs []pair
	for _, name := range sortedKeys(e.Endpoints) {
		pairs = append(pairs, pair{name, e.Endpoints[name]})
	}
	list(w, &pairs, func(w *wire, p *pair) {
		w.string(&p.name)
		w.string(&p.url)
	})
	if !w.writing() && len(pairs) > 0 {
		e.Endpoints = make(map[string]string, len(pairs))
		for _, p := range pairs {
			e.Endpoints[p.name] = p.url
		}
	}
	w.cites(&e.Cite)
	w.strings(&e.Source)
}

func (w *wire) rule(r *Rule) {
	n := int(r.number)
	w.int(&n)
	r.number = uint8(n)
	w.string(&r.name)
	w.value(r.Ref, &r.State, &r.Value)
	w.cites(&r.Cite)
	w.string(&r.Note)
	alternative := func(w *wire, a *Alternative) {
		w.value(r.Ref, &a.State, &a.Value)
		w.cites(&a.Cite)
		w.string(&a.Note)
		w.strings(&a.Source)
	}
	optional(w, &r.Enforced, alternative)
	list(w, &r.Also, alternative)
	w.strings(&r.Source)
}

// value describes a rule's value by the type its key declares.
func (w *wire) value(ref Ref, state *State, v *any) {
	n := int(*state)
	w.int(&n)
	*state = State(n)
	if *state != Set {
		return
	}
	switch vocabulary[ref.number].Type {
	case TypeStrings:
		through(w, v, (*wire).strings)
	case TypeString:
		through(w, v, (*wire).string)
	case TypePresence:
		through(w, v, func(w *wire, p *Presence) { w.string((*string)(p)) })
	case TypeBool:
		through(w, v, (*wire).bool)
	case TypeInt:
		through(w, v, (*wire).int)
	case TypeDuration:
		through(w, v, func(w *wire, d *time.Duration) {
			n := uint64(*d)
			w.number(&n)
			*d = time.Duration(n)
		})
	case TypeRegexp:
		through(w, v, func(w *wire, re **regexp.Regexp) {
			expr := ""
			if w.writing() {
				expr = (*re).String()
			}
			w.string(&expr)
			if !w.writing() {
				*re = regexp.MustCompile(expr)
			}
		})
	}
}

// through describes a value in an interface.
func through[T any](w *wire, v *any, describe func(*wire, *T)) {
	var t T
	if w.writing() {
		t = (*v).(T)
	}
	describe(w, &t)
	if !w.writing() {
		*v = t
	}
}

func (w *wire) severities(m *map[string]finding.Severity) {
	names := sortedKeys(*m)
	w.strings(&names)
	if !w.writing() {
		*m = make(map[string]finding.Severity, len(names))
	}
	for _, name := range names {
		s := string((*m)[name])
		w.string(&s)
		(*m)[name] = finding.Severity(s)
	}
}

func (w *wire) symptom(s *Symptom) {
	w.match(s)
	w.string(&s.Says)
	w.string(&s.Means)
	w.strings(&s.Explains)
	w.strings(&s.Ask)
	w.cites(&s.Cite)
	optional(w, &s.Prints, (*wire).words)
	w.strings(&s.Source)
}

// match describes what a symptom is recognised by.
func (w *wire) match(s *Symptom) {
	w.int(&s.Match.Status)
	optional(w, &s.Match.Error, (*wire).words)
	optional(w, &s.Match.Description, (*wire).words)
	optional(w, &s.Match.ErrorURI, (*wire).words)
	optional(w, &s.Match.Body, (*wire).words)
	w.bool(&s.LogOnly)
	w.bool(&s.Common)
}

func (w *wire) words(t *Text) {
	w.string(&t.Substring)
	w.string(&t.Regexp)
	w.bool(&t.Empty)
	needle := ""
	if w.writing() {
		needle = t.needle()
	}
	w.string(&needle)
	if !w.writing() {
		t.ready(needle)
	}
}

func (w *wire) claimLike(c *ClaimLike) {
	w.string(&c.Name)
	w.string(&c.Expr)
}
