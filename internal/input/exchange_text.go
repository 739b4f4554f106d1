package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

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

// looksLikeCommandFirst reports whether the first line is a command.
func looksLikeCommandFirst(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return looksLikeCommand(first)
}

// PlainAnswer reads text as a response, whatever it looks like.
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

// commandAndAnswer reads commands, and a response that was pasted below them.
func commandAndAnswer(d evidence.Document, p prepared, files Files) ([]Exchange, error) {
	var answer *evidence.Response
	var rs []*evidence.Request
	text := d.Text
	tries, budget := 0, 2*maxCommand // bytes that are read as a response, over all tries
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
	out = onlyTokens(out)
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
