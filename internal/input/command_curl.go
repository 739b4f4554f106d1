package input

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// curlReader reads the arguments of one curl command as curl does.
type curlReader struct {
	d      evidence.Document
	supply *supply
	inv    invocation
	out    []*evidence.Request
	vars   map[string]mapped // of --variable
	// addressed are arguments that look like a URL, at most two: more make no difference.
	addressed []int
	curlRequest
}

// curlRequest is what the arguments read so far say about one request; --next begins
// another.
type curlRequest struct {
	urls      []word
	draft     draft
	data      []mapped
	json      bool
	hasData   bool
	get, head bool
	form      []formPart
	upload    *word
	query     []mapped
	basic     *word
	bearer    *word
	agent     *word
	removed   map[string]bool
	unknown   string // why the data cannot be known in full
	config    bool   // further options are in a file
}

// curlRequests reads one curl command.
func curlRequests(d evidence.Document, supply *supply, inv invocation) []*evidence.Request {
	r := &curlReader{d: d, supply: supply, inv: inv, vars: map[string]mapped{}}
	r.reset()
	args := inv.args
	r.addressed = addressedBy(args)
	if r.typeset(args) {
		// The command never ran in this form, so its quotation marks are read as plain
		// ones.
		for i, w := range args {
			args[i] = plainQuotes(w, inv.strange)
		}
		r.inv.strange = ""
	}
	for i := 0; i < len(args) && len(r.out) < maxRequests; i++ {
		w := r.repaired(args[i])
		text := w.String()
		switch {
		case w.spread && len(w.holes) > 0 && r.positional(i):
			r.draft.leave(w.mapped)
			r.draft.loose = true
			r.draft.note("what the shell puts in for " + text + " is not known and may contain more options")
		case elided(text):
			r.unknown = "the command is shortened: " + text + " is in place of some of its arguments"
			r.draft.note(r.unknown)
		case text == "-" || !strings.HasPrefix(text, "-"):
			if strings.TrimSpace(text) != "" {
				r.urls = append(r.urls, plainQuotes(w, r.inv.strange))
			}
		case strings.HasPrefix(text, "--"):
			i += r.long(w, args[i+1:])
		default:
			i += r.short(w, args[i+1:])
		}
	}
	r.flush()
	return r.out
}

// elided reports whether an argument is an ellipsis for others.
func elided(text string) bool {
	switch text {
	case "...", "…", "[...]", "[…]", "<...>", "(...)", "....", "[snip]", "<snip>":
		return true
	}
	return false
}

// typeset recognises a command in which software turned hyphens into dashes, so that curl
// would see no options.
func (r *curlReader) typeset(args []word) bool {
	for _, w := range args {
		for _, dash := range [...]string{"—", "–"} {
			if rest, ok := strings.CutPrefix(w.String(), dash); ok && rest != "" && letter(rest[0]) {
				return true
			}
		}
	}
	return false
}

// positional reports whether an unquoted variable probably contains more options, since
// there is a URL elsewhere.
func (r *curlReader) positional(i int) bool {
	return len(r.urls) > 0 || slices.ContainsFunc(r.addressed, func(j int) bool { return j != i })
}

// addressedBy are the first two arguments that look like a URL.
func addressedBy(args []word) []int {
	var out []int
	for i := range args {
		if text := args[i].b; bytes.Contains(text, []byte("://")) || string(text) == "--url" {
			if out = append(out, i); len(out) == 2 {
				break
			}
		}
	}
	return out
}

func (r *curlReader) reset() {
	r.curlRequest = curlRequest{removed: map[string]bool{}}
	r.draft.what, r.draft.program = "a curl command", evidence.ProgramCurl
	r.draft.notes, r.draft.supply = append([]string(nil), r.inv.notes...), r.supply
}

// repaired reads an option that copying damaged: a line continuation without its line
// end, hyphens that became dashes.
func (r *curlReader) repaired(w word) word {
	if w.raw && strings.HasPrefix(strings.TrimLeft(w.String(), " "), "-") {
		n := len(w.b) - len(strings.TrimLeft(w.String(), " "))
		w.mapped = w.cut(n, len(w.b))
		r.draft.note(`a line continuation has lost its line end: \` + firstWords(w.String()) + " is read as " + firstWords(w.String()))
	}
	for _, dash := range [...]string{"—", "–", "−", "‑"} {
		rest, ok := strings.CutPrefix(w.String(), dash)
		if !ok || rest == "" {
			continue
		}
		rest = strings.TrimPrefix(rest, dash)
		n := len(w.b) - len(rest)
		if rest == "" || !letter(rest[0]) && rest[0] != '-' {
			continue
		}
		var m mapped
		hyphens := "--"
		if len(rest) == 1 {
			hyphens = "-"
		}
		m.put(hyphens, w.span.Start)
		m.join(w.cut(n, len(w.b)))
		w.mapped = m
		r.draft.note("a typographic dash is used instead of " + firstWords(m.String()) + "; curl accepts only hyphens")
	}
	return w
}

func firstWords(s string) string {
	s, _, _ = strings.Cut(s, " ")
	return s[:min(len(s), 30)]
}

func (r *curlReader) long(w word, rest []word) int {
	name := w.String()[2:]
	if name == "" {
		return 0
	}
	o, no, expand, ok := curlLong(name)
	if !ok {
		if name, _, joined := strings.Cut(name, "="); joined {
			if _, known := curlOptions()[name]; known {
				r.draft.note("curl does not accept --" + name + "=…; a blank belongs between an option and its argument, and curl ends with an error here")
				o, _, expand, _ = curlLong(name)
				if o.arg {
					r.option(o.name, w.part(len(name)+3), expand)
				}
				return 0
			}
		}
		r.draft.note("the option --" + firstWords(name) + " is not known and was passed over")
		return 0
	}
	if !o.arg {
		r.flag(o.name, no)
		return 0
	}
	if len(rest) == 0 {
		r.draft.note("the option --" + o.name + " lacks its argument")
		return 0
	}
	r.option(o.name, rest[0], expand)
	return 1
}

// part is the word from i on, as a word.
func (w *word) part(i int) word {
	out := *w
	out.mapped = w.cut(min(i, len(w.b)), len(w.b))
	return out
}

func (r *curlReader) short(w word, rest []word) int {
	text := w.String()
	for i := 1; i < len(text); i++ {
		o, ok := curlOptions()["-"+text[i:i+1]]
		switch {
		case !ok:
			r.draft.note("the option -" + safeLetter(text[i:]) + " is not known and was passed over")
			return 0
		case !o.arg:
			r.flag(o.name, false)
		case i+1 < len(text):
			r.option(o.name, w.part(i+1), false)
			return 0
		case len(rest) == 0:
			r.draft.note("the option -" + text[i:i+1] + " lacks its argument")
			return 0
		default:
			r.option(o.name, rest[0], false)
			return 1
		}
	}
	return 0
}

func safeLetter(s string) string {
	for _, c := range s {
		return string(c)
	}
	return ""
}

// option reads one option with its argument.
func (r *curlReader) option(name string, w word, expand bool) {
	if expand {
		w = r.expanded(w)
	}
	switch name {
	case "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json":
	default:
		w = plainQuotes(w, r.inv.strange)
	}
	d := &r.draft
	switch name {
	case "data", "data-ascii":
		r.addData(r.maybeFile(w, true))
	case "data-binary":
		r.addData(r.maybeFile(w, false))
	case "data-raw":
		r.addData(w.argument())
	case "data-urlencode":
		r.addData(r.encoded(w))
	case "json":
		r.json = true
		r.addData(r.maybeFile(w, false))
	case "form", "form-string":
		r.form = append(r.form, r.formPart(w, name == "form-string"))
	case "url-query":
		if rest := w.String(); strings.HasPrefix(rest, "+") {
			r.query = append(r.query, w.tail(1))
		} else {
			r.query = append(r.query, r.encoded(w))
		}
	case "url":
		r.urls = append(r.urls, w)
	case "request":
		d.method, d.methodSpan = w.String(), w.spanOf(0, w.len())
		if d.leave(w.mapped) {
			d.method, d.methodOpen = "", true
		}
	case "header":
		r.header(w)
	case "user-agent":
		r.agent = &w
	case "referer":
		d.header("Referer", w.argument(), true)
	case "cookie":
		r.cookie(w)
	case "user":
		r.basic = &w
	case "oauth2-bearer":
		r.bearer = &w
	case "proxy", "preproxy", "socks5", "socks5-hostname", "socks4", "socks4a", "proxy1.0":
		d.proxy = withoutCredentials(w.String())
		d.leave(w.mapped)
	case "upload-file":
		r.upload = &w
	case "config":
		d.note("the options in the file " + w.String() + " (-K) were not read")
		d.loose, r.config = true, true
	case "netrc-file":
		d.note(netrc)
	case "aws-sigv4":
		d.note(madeDuring(name))
		r.basic = nil
	case "variable":
		r.variable(w)
	}
}

func (w *word) spanOf(i, j int) jsonspan.Span {
	m := w.argument()
	span, _ := m.place(i, j)
	return span
}

// header reads the argument of -H.
func (r *curlReader) header(w word) {
	name, isFile := strings.CutPrefix(w.String(), "@")
	if !isFile {
		r.headerLine(w.argument())
		return
	}
	before := r.unknown
	m, ok := r.content(name, w.span)
	if !ok {
		r.draft.loose = true
		r.draft.note("header fields are read from the file " + name + ", which was not read")
	}
	r.unknown = before
	for from := 0; from < m.len(); {
		end := m.len()
		if n := strings.IndexByte(string(m.b[from:]), '\n'); n >= 0 {
			end = from + n
		}
		line := m.cut(from, end)
		if trimmed := strings.TrimRight(line.String(), "\r \t"); trimmed != "" && trimmed[0] != '#' {
			r.headerLine(line.cut(0, len(trimmed)))
		}
		from = end + 1
	}
}

func (r *curlReader) headerLine(m mapped) {
	text := m.String()
	i := strings.IndexByte(text, ':')
	switch {
	case i < 0 && strings.HasSuffix(strings.TrimSpace(text), ";"):
		name := strings.TrimSuffix(strings.TrimSpace(text), ";")
		r.draft.field(m.cut(0, len(name)), mapped{})
	case i < 0:
		if r.draft.leave(m) {
			r.draft.loose = true
			return
		}
		r.draft.note("a header without a colon is not sent by curl (-H)")
	case strings.TrimSpace(text[i+1:]) == "":
		r.removed[strings.ToLower(strings.TrimSpace(text[:i]))] = true
	default:
		r.draft.field(m.cut(0, i), trimmed(m.cut(i+1, m.len())))
	}
}

// trimmed is a text without leading and trailing blanks.
func trimmed(m mapped) mapped {
	i, j := 0, len(m.b)
	for i < j && strings.IndexByte(" \t\r\n", m.b[i]) >= 0 {
		i++
	}
	for j > i && strings.IndexByte(" \t\r\n", m.b[j-1]) >= 0 {
		j--
	}
	return m.cut(i, j)
}

func (r *curlReader) cookie(w word) {
	if !strings.Contains(w.String(), "=") {
		r.draft.note("cookies may be read from the file " + w.String() + " (-b), which was not read")
		return
	}
	r.draft.header("Cookie", w.argument(), true)
}

// authorization is the header of -u or --oauth2-bearer; curl omits it if the command sets
// the header itself.
func (r *curlReader) authorization() {
	d := &r.draft
	if _, ok := d.headers.Get("Authorization"); ok || r.removed["authorization"] {
		return
	}
	d.basic = true
	switch {
	case r.bearer != nil:
		value := "Bearer " + r.bearer.String()
		d.leave(r.bearer.mapped)
		span, _ := r.bearer.argumentSpan()
		d.headers = append(d.headers, evidence.Header{Name: "Authorization", Value: value, Span: span, Implied: true})
	case r.basic != nil:
		d.leave(r.basic.mapped)
		d.headers = append(d.headers, basicOf(r.basic.mapped, false))
	}
}

func (w *word) argumentSpan() (jsonspan.Span, bool) {
	m := w.argument()
	return m.place(0, m.len())
}
