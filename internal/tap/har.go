package tap

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

// Entry is one exchange of a HAR 1.2 file, masked.
type Entry struct {
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"` // milliseconds
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
	Comment  string      `json:"comment,omitempty"`
}

type harRequest struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	HTTPVersion string    `json:"httpVersion"`
	Cookies     []harPair `json:"cookies"`
	Headers     []harPair `json:"headers"`
	QueryString []harPair `json:"queryString"`
	PostData    *harPost  `json:"postData,omitempty"`
	HeadersSize int       `json:"headersSize"`
	BodySize    int       `json:"bodySize"`
}

type harPost struct {
	MimeType string    `json:"mimeType"`
	Params   []harPair `json:"params"`
	Text     string    `json:"text"`
}

type harResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
	Error       string     `json:"_error,omitempty"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// entry writes an exchange down for a HAR file. The assertion in it keeps its
// masked header and claims, so that check can read it again; its signature is not
// given.
func (t *Tap) entry(f *flow, r *evidence.Request, a *evidence.Response, c *finding.Case) *Entry {
	held := &evidence.Case{ShowSecrets: t.config.Options.ShowSecrets, Request: evidence.Known(r)}
	if a != nil {
		held.Response = evidence.Known(a)
	}
	m := mask.Of(held)
	took := float64(f.ended.Sub(f.arrived).Microseconds()) / 1000
	e := &Entry{Started: f.arrived.UTC().Format("2006-01-02T15:04:05.000Z07:00"), Time: took, Timings: harTimings{Wait: took}}
	e.Request = harRequest{Method: m.Text(r.Method), URL: m.Text(mask.Address(r.URL)), HTTPVersion: "HTTP/" + r.Version, Cookies: []harPair{}, Headers: fields(m, r.Headers), QueryString: []harPair{}, HeadersSize: -1, BodySize: len(r.Body.Text)}
	if r.Body.Text != "" {
		e.Request.PostData = &harPost{MimeType: m.Text(r.Headers.Value("Content-Type")), Params: []harPair{}, Text: maskedBody(m, r, c)}
	}
	if a == nil {
		e.Response = harResponse{HTTPVersion: "", Cookies: []harPair{}, Headers: []harPair{}, HeadersSize: -1, BodySize: -1}
		if f.failed != nil {
			e.Comment, e.Response.Error = m.Text("no answer: "+t.trouble(f)), "net::ERR_FAILED"
		}
		return e
	}
	body := m.Text(a.Body)
	if !held.ShowSecrets {
		body = withoutTokens(body)
	}
	if a.JSON != nil || json.Valid([]byte(a.Body)) {
		body = string(m.JSON([]byte(a.Body)))
	}
	e.Response = harResponse{
		Status: a.Status, StatusText: m.Text(a.StatusText), HTTPVersion: "HTTP/" + a.Version, Cookies: []harPair{}, Headers: fields(m, a.Headers),
		Content: harContent{len(a.Body), m.Text(a.Headers.Value("Content-Type")), body}, RedirectURL: m.Text(mask.Address(a.Headers.Value("Location"))), HeadersSize: -1, BodySize: len(a.Body),
	}
	return e
}

// tokenLike is how long a word of letters and digits is that may be a secret: a page
// carries the session and the one-time values of its forms under names nobody else uses.
const tokenLike = 15

// withoutTokens is a page or other prose without such words.
func withoutTokens(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		n := strings.IndexFunc(text, notOfToken)
		switch {
		case n < 0:
			n = len(text)
		case n == 0:
			_, n = utf8.DecodeRuneInString(text)
		}
		word := text[:n]
		if n >= tokenLike && strings.ContainsAny(word, "0123456789") && strings.ContainsFunc(word, unicode.IsLetter) {
			word = mask.Value(word)
		}
		b.WriteString(word)
		text = text[n:]
	}
	return b.String()
}

func notOfToken(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-' || r == '+' || r == '=')
}

func fields(m *mask.Mask, hs evidence.Headers) []harPair {
	out := make([]harPair, 0, len(hs))
	for _, h := range hs {
		if http.CanonicalHeaderKey(h.Name) == "Content-Length" || http.CanonicalHeaderKey(h.Name) == "Content-Encoding" {
			continue // of the body as it was sent, which is not the one in the file
		}
		out = append(out, harPair{m.Name(h.Name), m.Header(h.Name, h.Value)})
	}
	return out
}

// maskedBody is the body of a request as it may be kept.
func maskedBody(m *mask.Mask, r *evidence.Request, c *finding.Case) string {
	if r.Body.Kind != evidence.BodyForm {
		if json.Valid([]byte(r.Body.Text)) {
			return string(m.JSON([]byte(r.Body.Text)))
		}
		return m.Text(r.Body.Text)
	}
	var pairs []string
	for _, p := range r.ParamsIn(evidence.InBody) {
		value := m.Param(p.Name, p.Value)
		if compact := unsigned(c); compact != "" && strings.Count(p.Value, ".") >= 2 && strings.HasPrefix(p.Value, "ey") && strings.HasSuffix(p.Name, "assertion") {
			value = compact
		}
		pairs = append(pairs, url.QueryEscape(m.Name(p.Name))+"="+url.QueryEscape(value))
	}
	return strings.Join(pairs, "&")
}

// unsigned is the assertion of a case as it may be kept: header and claims masked,
// without a signature; "" if there is none.
func unsigned(c *finding.Case) string {
	if c == nil || len(c.Decoded.Header) == 0 || len(c.Decoded.Claims) == 0 || string(c.Decoded.Claims) == "null" {
		return ""
	}
	part := func(raw json.RawMessage) string {
		var b bytes.Buffer
		if json.Compact(&b, raw) != nil {
			return ""
		}
		return base64.RawURLEncoding.EncodeToString(b.Bytes())
	}
	return part(c.Decoded.Header) + "." + part(c.Decoded.Claims) + ".…"
}

// HAR writes a HAR 1.2 file that is complete after every entry.
type HAR struct {
	to   io.WriterAt
	at   int64
	some bool
}

const harEnd = "\n]}}\n"

// NewHAR begins a file; tool is the version of this program.
func NewHAR(to io.WriterAt, version string) (*HAR, error) {
	creator, err := report.Line(map[string]string{"name": "jwtdoctor", "version": version})
	if err != nil {
		return nil, err
	}
	head := `{"log":{"version":"1.2","creator":` + strings.TrimSpace(string(creator)) + `,"entries":[`
	h := &HAR{to: to, at: int64(len(head))}
	_, err = to.WriteAt([]byte(head+harEnd), 0)
	return h, err
}

// Add writes one entry. It is called by one goroutine at a time.
func (h *HAR) Add(e *Entry) error {
	text, err := report.Line(e)
	if err != nil {
		return err
	}
	text = bytes.TrimRight(text, "\n")
	lead := "\n"
	if h.some {
		lead = ",\n"
	}
	if _, err := h.to.WriteAt([]byte(lead+string(text)+harEnd), h.at); err != nil {
		return err
	}
	h.at += int64(len(lead) + len(text))
	h.some = true
	return nil
}
