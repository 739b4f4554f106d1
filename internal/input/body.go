package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// maxMembers bounds the values read of a JSON body; no exchange has a tenth as many.
const maxMembers = 1 << 15

// place returns where a stretch of a body or URL is in the document; exact is false if it
// is only near there.
type place func(start, end int) (span jsonspan.Span, exact bool)

// fillURL appends the parameters of the URL's query and fragment to r.Params. Places are
// relative to r.URL, from which it then removes user and password.
func fillURL(r *evidence.Request, at place) {
	query, fragment := queryOf(r.URL)
	addPairs(r, r.URL, query, evidence.InURL, at)
	addPairs(r, r.URL, fragment, evidence.InFragment, at)
	if from, to, ok := userSpan(r.URL, false); ok {
		r.URL = r.URL[:from] + r.URL[to:]
	}
}

// queryOf finds the query and fragment of a URL. A page's route in the fragment
// ("#/callback?error=…") is not a parameter.
func queryOf(url string) (query, fragment jsonspan.Span) {
	end := len(url)
	if n := strings.IndexByte(url, '#'); n >= 0 {
		end = n
		fragment = jsonspan.Span{Start: n + 1, End: len(url)}
		if q := strings.IndexByte(url[n:], '?'); q >= 0 && strings.IndexByte(url[n:n+q], '=') < 0 {
			fragment.Start = n + q + 1
		}
		if strings.IndexByte(url[fragment.Start:], '=') < 0 {
			fragment = jsonspan.Span{}
		}
	}
	if n := strings.IndexByte(url[:end], '?'); n >= 0 {
		query = jsonspan.Span{Start: n + 1, End: end}
	}
	return query, fragment
}

// addPairs appends the parameters of a stretch of form-encoded text.
func addPairs(r *evidence.Request, text string, stretch jsonspan.Span, in evidence.ParamPlace, at place) {
	pairs, more := someFormPairs(text[stretch.Start:stretch.End])
	if more {
		manyParams(r)
	}
	for _, f := range pairs {
		if len(r.Params) >= maxParams {
			manyParams(r)
			return
		}
		p := evidence.Param{Name: f.name, Value: f.value, RawName: f.rawName, RawValue: f.rawValue, In: in, Faults: f.faults}
		p.NameSpan, _ = at(stretch.Start+f.nameStart, stretch.Start+f.nameEnd)
		var exact bool
		p.Span, exact = at(stretch.Start+f.valueStart, stretch.Start+f.valueEnd)
		p.Verbatim = exact && f.value == f.rawValue
		r.Params = append(r.Params, p)
	}
}

// manyParams adds a note that a request has more parameters than are read.
func manyParams(r *evidence.Request) {
	r.Notes = foremost(r.Notes, limited(maxParams, "parameters of the request"))
}

// fillBody reads r.Body.Text by its Content-Type, or by its content if there is none: it
// sets r.Body.Kind, JSON and Faults and appends the parameters. Kind is what the body
// really is; the checks decide whether the header is right. Places are relative to
// r.Body.Text, which is cut at 1 MiB.
func fillBody(r *evidence.Request, at place) {
	// The final line end of a file is not part of the last value.
	fillPart(r, len(strings.TrimRight(r.Body.Text, "\r\n")), at)
}

// fillSent is fillBody for a body of which every byte is known, including a line end
// after the last value.
func fillSent(r *evidence.Request, at place) {
	end := len(r.Body.Text)
	if i := strings.LastIndexByte(r.Body.Text, '&'); i >= 0 && strings.Trim(r.Body.Text[i:], "&\r\n") == "" {
		end = i // no last value
	}
	fillPart(r, end, at)
}

// fillPart is fillBody with a form that ends at end.
func fillPart(r *evidence.Request, end int, at place) {
	if len(r.Body.Text) > maxBody {
		r.Body.Text = r.Body.Text[:maxBody]
	}
	text := r.Body.Text
	r.Body.Kind = bodyKind(r)
	switch r.Body.Kind {
	case evidence.BodyJSON:
		jsonParams(r, at)
	case evidence.BodyMultipart:
		multipartParams(r, at)
	case evidence.BodyForm:
		addPairs(r, text, jsonspan.Span{End: min(end, len(text))}, evidence.InBody, at)
	}
}

func bodyKind(r *evidence.Request) evidence.BodyKind {
	text := strings.TrimSpace(strings.TrimPrefix(r.Body.Text, "\uFEFF"))
	media, _ := r.ContentType()
	switch {
	case r.Body.Text == "" && r.Body.Unknown != "":
		return evidence.BodyUnknown
	case r.Body.Text == "":
		return evidence.BodyNone
	case text == "":
		return evidence.BodyText
	case boundaryOf(r) != "":
		return evidence.BodyMultipart
	case jsonLook(text):
		return evidence.BodyJSON
	case isJSONMedia(media) && strings.IndexByte("[\"", text[0]) >= 0:
		return evidence.BodyJSON
	case media == "application/x-www-form-urlencoded", formLook(text):
		return evidence.BodyForm
	}
	return evidence.BodyText
}

func isJSONMedia(media string) bool {
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}

// jsonLook recognises a JSON object, damaged or not, but not a placeholder in braces.
func jsonLook(text string) bool {
	rest, ok := strings.CutPrefix(text, "{")
	if !ok || strings.HasPrefix(rest, "{") {
		return false
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	if rest == "" || rest[0] == '}' || strings.IndexByte("\"'", rest[0]) >= 0 {
		return true
	}
	colon, pair := strings.IndexByte(rest, ':'), strings.IndexByte(rest, '=')
	return colon >= 0 && (pair < 0 || colon < pair)
}

// formLook recognises name=value by what is before the first =.
func formLook(text string) bool {
	n := strings.IndexByte(text, '=')
	if n < 0 || text[0] == '<' {
		return false
	}
	name := text[strings.LastIndexByte(text[:n], '&')+1 : n]
	return len(name) <= 200 && !strings.ContainsAny(strings.TrimSpace(name), " \t\r\n:<>{}()")
}

// jsonParams makes a parameter of every member of a JSON body.
func jsonParams(r *evidence.Request, at place) {
	text := r.Body.Text
	r.Body.JSON, r.Body.Faults = jsonspan.Scan([]byte(text), jsonspan.Limits{Values: maxMembers})
	for _, m := range r.Body.JSON.Members {
		if len(r.Params) >= maxParams {
			manyParams(r)
			return
		}
		v := m.Value
		p := evidence.Param{Name: m.Name, RawName: m.Name, In: evidence.InBody, Type: jsonType(v.Kind)}
		span, _ := unquoted(text, v.Span, v.Str)
		switch v.Kind {
		case jsonspan.String:
			p.Value = v.Str
		case jsonspan.Object, jsonspan.Array:
			p.Value = cutSpan(text, v.Span)
		default:
			p.Value = v.Raw
		}
		p.RawValue = p.Value
		name, _ := unquoted(text, m.NameSpan, m.Name)
		p.NameSpan, _ = at(name.Start, name.End)
		var exact bool
		p.Span, exact = at(span.Start, span.End)
		p.Verbatim = exact && cutSpan(text, span) == p.Value
		r.Params = append(r.Params, p)
	}
}

// unquoted narrows the span of a string to what is between its quotes, if that is exactly
// the string.
func unquoted(text string, span jsonspan.Span, value string) (jsonspan.Span, bool) {
	inner := jsonspan.Span{Start: span.Start + 1, End: span.End - 1}
	if span.End > len(text) || inner.Start > inner.End || text[inner.Start:inner.End] != value {
		return span, false
	}
	return inner, true
}

// cutSpan is the text of a span; "" if it is outside the text, which happens if the text
// was converted before it was read.
func cutSpan(text string, span jsonspan.Span) string {
	if span.Start < 0 || span.End > len(text) || span.Start > span.End {
		return ""
	}
	return text[span.Start:span.End]
}

func jsonType(k jsonspan.Kind) string {
	switch k {
	case jsonspan.Object:
		return "object"
	case jsonspan.Array:
		return "array"
	case jsonspan.String:
		return "string"
	case jsonspan.Number:
		return "number"
	case jsonspan.Bool:
		return "boolean"
	case jsonspan.Null:
		return "null"
	}
	return "invalid"
}
