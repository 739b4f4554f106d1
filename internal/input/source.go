package input

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Sort is what an input is, by its look or by the user's word.
type Sort string

// Sorts of input.
const (
	SortAssertion Sort = "assertion" // one, one a line, or NDJSON; also text that is nothing else
	SortExchange  Sort = "exchange"  // requests and responses as text
	SortHAR       Sort = "har"
	SortJWKS      Sort = "jwks"
	SortKey       Sort = "key"
)

// maxExchange bounds the text of requests and responses, in bytes; a HAR has
// no such bound.
const maxExchange = 4 << 20

// Source is one input: its beginning says what it is, and the method for that
// sort reads it.
type Source struct {
	name string
	r    *bufio.Reader
	as   string // "", "assertion", "request" or "response", as the user said
	sort Sort
}

// NewSource looks at the beginning of r. as is what the user said it is, ""
// where that is to be recognised.
func NewSource(name string, r io.Reader, as string) *Source {
	s := &Source{name: name, r: buffered(r), as: as}
	s.sort = s.look()
	return s
}

// Name is what the input is called in messages.
func (s *Source) Name() string { return s.name }

// Sort is what the input is. Where it cannot be read it is SortAssertion,
// whose reader gives the reason.
func (s *Source) Sort() Sort { return s.sort }

func (s *Source) look() Sort {
	if s.as == "assertion" {
		return SortAssertion
	}
	head, _ := s.r.Peek(MaxAssertion) // what is wrong shows when it is read
	if s.as == "response" && len(head) > 0 && !looksLikeHAR(head) {
		return SortExchange // a server may answer anything
	}
	if len(head) == 0 || binary(head) != "" {
		return SortAssertion
	}
	if looksLikeHAR(head) {
		return SortHAR
	}
	if s.as != "" {
		return SortExchange
	}
	return sortOf(head)
}

// sortOf recognises text.
func sortOf(head []byte) Sort {
	head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	text := strings.TrimSpace(string(head))
	layout := kindsOf(head, "").layout("")
	if layout == perLine {
		return SortAssertion
	}
	switch {
	case isPlaceholderText(text):
		return SortAssertion
	case strings.HasPrefix(text, "-----BEGIN ") && !strings.Contains(text[:min(len(text), 200)], "eyJ"):
		return SortKey
	case looksLikeCommand(text), looksLikeHTTP(text), looksLikeTranscript(text):
		return SortExchange
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "["):
		return sortOfJSON(head, text, layout)
	case strings.HasPrefix(text, "<"):
		// A token in angle brackets is one that was pasted with them.
		if strings.HasPrefix(text, "<eyJ") {
			return SortAssertion
		}
		return SortExchange
	case isForm(text), isAddress(text):
		return SortExchange
	}
	return SortAssertion
}

// sortOfJSON tells a request or response from a key set and from an assertion
// in JSON.
func sortOfJSON(head []byte, text string, lines layout) Sort {
	v, _ := jsonspan.Scan(head, jsonspan.Limits{Faults: 64, Values: 1 << 14})
	has := func(names ...string) bool {
		for _, n := range names {
			if _, ok := v.Get(n); ok {
				return true
			}
		}
		return false
	}
	if v.Kind != jsonspan.Object {
		return SortAssertion
	}
	switch {
	case has("keys", "kty"):
		return SortJWKS
	case has("payload") && has("signature", "signatures", "protected"):
		return SortAssertion // RFC 7515 section 7.2
	case has("grant_type", "client_assertion_type"):
		return SortExchange
	case has(DefaultField):
		return SortAssertion
	case lines == ndjson && !has("error", "access_token"):
		return SortAssertion
	}
	if from, _ := longestToken(head); from >= 0 && !has("error", "access_token", "id_token", "token_type", "error_description") {
		return SortAssertion
	}
	return SortExchange
}

func isPlaceholderText(text string) bool {
	if len(text) > 200 {
		return false
	}
	_, ok := placeholder(text)
	return ok
}

// isForm recognises a form body: two parameters at least, or one that speaks
// of an OAuth error. A lone client_assertion=… is an assertion with its name.
func isForm(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	begin := strings.TrimPrefix(firstWord(first), "'") // in quotes as it stood in a program
	if len(text) > MaxAssertion || strings.ContainsAny(begin, " \t{}<>\"'") && !strings.HasPrefix(begin, "\"") {
		return false
	}
	oauth, pairs := false, 0
	for _, p := range formPairs(strings.TrimSpace(text)) {
		if p.rawName == "" || p.valueStart == p.nameEnd {
			continue
		}
		pairs++
		name := strings.ToLower(strings.Trim(p.name, "'\" \r\n\t"))
		switch name {
		case "grant_type", "client_assertion_type", "scope", "code", "redirect_uri", "client_id", "error", "error_description", "client-assertion-type", "granttype", "grant-type", "refresh_token", "assertion":
			oauth = true
		}
		if len(p.rawName) > 64 || strings.ContainsAny(p.rawName, " \t") && pairs == 1 {
			return false
		}
	}
	return oauth && (pairs > 1 || strings.HasPrefix(text, "error=")) || manyLinesOfParameters(text)
}

func firstWord(line string) string {
	if i := strings.IndexAny(line, "=&"); i >= 0 {
		return line[:i]
	}
	return line
}

// manyLinesOfParameters recognises name=value or name: value a line each, as
// clients show a form.
func manyLinesOfParameters(text string) bool {
	named := 0
	const most = 40
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		if lines++; lines > most+1 {
			break
		}
		line = strings.TrimSpace(line)
		for _, name := range []string{"grant_type", "client_assertion_type", "client_assertion", "scope", "client_id", "code", "redirect_uri"} {
			if rest, ok := strings.CutPrefix(line, name); ok && rest != "" && strings.IndexByte("=:\t", rest[0]) >= 0 {
				named++
			}
		}
	}
	return named > 1
}

// isAddress recognises one URL with parameters that matter.
func isAddress(text string) bool {
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") || strings.ContainsAny(text, " \t") {
		return false
	}
	for _, name := range []string{"error=", "response_type=", "redirect_uri=", "grant_type=", "client_assertion_type=", "code=", "code_challenge="} {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// Paste reads the whole of a text that may be anything: the user did not say what
// it is, and it is no HAR, key, key set or list of assertions. ok is false where
// it is one of these, or cannot be read as text; the source is then as before.
func (s *Source) Paste(field string) (text string, ok bool) {
	if s.as != "" || s.sort != SortAssertion && s.sort != SortExchange {
		return "", false
	}
	head, _ := s.r.Peek(MaxAssertion)
	if len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF")))) == 0 || binary(head) != "" {
		return "", false
	}
	if lines := kindsOf(head, field); s.sort == SortAssertion && lines.list(field) && lines.layout(field) != single {
		return "", false
	}
	all, err := io.ReadAll(io.LimitReader(s.r, maxExchange+1))
	if err != nil || len(all) > maxExchange {
		s.r = buffered(io.MultiReader(bytes.NewReader(all), broken{err}, s.r))
		return "", false
	}
	return string(all), true
}

// broken is a reader of nothing but an error; of nothing where that is nil.
type broken struct{ err error }

func (f broken) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// Items reads assertions; for SortAssertion.
func (s *Source) Items(field string) *Reader { return &Reader{name: s.name, field: field, r: s.r} }

// HAR reads a HAR; for SortHAR.
func (s *Source) HAR() *HAR { return newHAR(s.name, s.r) }

// Bytes reads all of a key set or key file, at most 1 MiB.
func (s *Source) Bytes() ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(s.r, MaxAssertion+1))
	switch {
	case err != nil:
		return nil, &ReadError{ErrFailed, fmt.Sprintf("%s cannot be read to its end (%s)", s.name, reason(err))}
	case len(b) > MaxAssertion:
		return nil, &ReadError{ErrFailed, s.name + " is larger than 1 MiB; no key set or key file is"}
	}
	return b, nil
}

// Exchanges reads requests and responses out of text; for SortExchange. files
// reads what a command sends from files, nil for none.
func (s *Source) Exchanges(files Files) ([]Exchange, error) {
	text, err := readText(s.r, maxExchange+1)
	if err != nil {
		return nil, &ReadError{ErrFailed, fmt.Sprintf("%s cannot be read to its end (%s)", s.name, reason(err))}
	}
	if len(text) > maxExchange {
		return nil, &ReadError{ErrFailed, fmt.Sprintf("%s is larger than %d MiB, more than a request and its response have; a HAR may be larger", s.name, maxExchange>>20)}
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	d := evidence.Document{Origin: evidence.Origin{File: s.name, Line: 1, Column: 1}, Text: text}
	all, err := exchanges(d, s.as, files)
	if err != nil {
		return nil, err
	}
	if s.as != "" {
		all = onlyAs(all, s.as)
	}
	if len(all) == 0 {
		first := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		return nil, &ReadError{ErrMalformed, fmt.Sprintf("%s, line %d: no %s begins here: neither a command (curl, Invoke-RestMethod), nor HTTP (POST … HTTP/1.1), nor a form or JSON body, nor an address", s.name, d.Place(first).Line, taken(s.as))}
	}
	return all, nil
}

func taken(as string) string {
	switch as {
	case "request", "response":
		return as
	}
	return "request or response"
}

// onlyAs keeps what the user said the text is.
func onlyAs(all []Exchange, as string) []Exchange {
	var out []Exchange
	for _, e := range all {
		if as == "request" && (e.Request != nil || e.Authorization != nil) || as == "response" && e.Response != nil {
			out = append(out, e)
		}
	}
	return out
}

func exchanges(d evidence.Document, as string, files Files) ([]Exchange, error) {
	trimmed := strings.TrimSpace(d.Text)
	if powershellError(trimmed) {
		return []Exchange{{Response: plainResponse(d)}}, nil
	}
	if looksLikeTranscript(trimmed) || looksLikeHTTP(trimmed) && !looksLikeCommandFirst(trimmed) {
		return httpText(d, files)
	}
	if p, ok := commandText(d.Text); ok {
		return commandAndAnswer(d, p, files)
	}
	if e, ok := urlText(d); ok {
		return []Exchange{e}, nil
	}
	if e, ok := bodyText(d); ok {
		if as == "response" && e.Response == nil && e.Request != nil {
			return []Exchange{{Response: plainResponse(d)}}, nil
		}
		return []Exchange{e}, nil
	}
	if as == "response" {
		return []Exchange{{Response: plainResponse(d)}}, nil
	}
	return nil, nil
}

// looksLikeCommandFirst reports whether a command is before any HTTP text.
func looksLikeCommandFirst(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return looksLikeCommand(first)
}

// PlainAnswer reads text as what a server said, whatever it looks like.
func PlainAnswer(name, text string) *evidence.Response {
	d := evidence.Document{Origin: evidence.Origin{File: name, Line: 1, Column: 1}, Text: text}
	if all, err := exchanges(d, "response", nil); err == nil {
		for _, e := range all {
			if e.Response != nil {
				return e.Response
			}
		}
	}
	return plainResponse(d)
}

func plainResponse(d evidence.Document) *evidence.Response {
	r := &evidence.Response{Document: d, What: "an answer as text", Body: d.Text, BodySpan: jsonspan.Span{End: len(d.Text)}, BodyKnown: true}
	fillResponse(r)
	return r
}

// commandAndAnswer reads commands, and the answer where it was pasted below.
func commandAndAnswer(d evidence.Document, p prepared, files Files) ([]Exchange, error) {
	var answer *evidence.Response
	var rs []*evidence.Request
	text := d.Text
	tries, budget := 0, 2*maxCommand // bytes that are read as an answer, over all tries
	for i := 0; i < len(text) && tries < 8 && budget > 0; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		rest := text[i:]
		if !strings.HasPrefix(rest, "{") && !strings.HasPrefix(rest, "HTTP/") && !strings.HasPrefix(strings.ToLower(rest[:min(len(rest), 9)]), "<!doctype") && !strings.HasPrefix(rest, "<html") {
			continue
		}
		tries++
		budget -= len(rest)
		below := evidence.Document{Origin: d.Origin, Text: rest}
		below.Origin.Line += strings.Count(text[:i], "\n")
		found := responseBelow(below)
		if found == nil {
			continue
		}
		above := evidence.Document{Origin: d.Origin, Text: text[:i]}
		if some, err := commands(above, files); err == nil && len(some) > 0 {
			answer, rs = found, some
			break
		}
	}
	if answer == nil {
		var err error
		if rs, err = commandsIn(d, p, files); err != nil {
			return nil, err
		}
	}
	var out []Exchange
	for _, r := range rs {
		out = append(out, Exchange{Request: r, Line: r.Place(r.URLSpan.Start).Line})
	}
	out = tokenRequests(out)
	if answer != nil && len(out) > 0 {
		out[len(out)-1].Response = answer
	}
	return out, nil
}

func responseBelow(d evidence.Document) *evidence.Response {
	if strings.HasPrefix(d.Text, "HTTP/") {
		if all, err := httpText(d, nil); err == nil && len(all) == 1 && all[0].Request == nil {
			return all[0].Response
		}
		return nil
	}
	if e, ok := bodyText(d); ok && e.Response != nil && len(e.Response.Faults) == 0 {
		return e.Response
	}
	return nil
}

// tokenRequests keeps, of several requests of a script, those that look like
// token requests; all where none does.
func tokenRequests(all []Exchange) []Exchange {
	var out []Exchange
	for _, e := range all {
		if IsTokenRequest(e.Request) {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// IsTokenRequest tells a token request from other requests, such as a call to
// an API: by its parameters, or by the end of its path.
func IsTokenRequest(r *evidence.Request) bool {
	if r == nil {
		return false
	}
	for _, p := range r.Params {
		name := strings.ToLower(strings.ReplaceAll(strings.Trim(p.Name, "'\" "), "-", "_"))
		if name == "grant_type" || strings.HasPrefix(name, "client_assertion") || name == "clientassertion" || name == "granttype" {
			return true
		}
	}
	if u, ok := r.Address(); ok && r.Method != "GET" {
		last := strings.TrimRight(u.Path, "/")
		last = strings.ToLower(last[strings.LastIndexByte(last, '/')+1:])
		return last == "token" || last == "access_token" || last == "par" || last == "introspect" || last == "revoke"
	}
	return false
}
