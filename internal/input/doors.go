package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// The readers for single formats, for callers that found one in a longer text. Places in
// what they return are relative to the document's text.

// CommandLine reports whether a line begins with a command that sends an HTTP
// request.
func CommandLine(line string) bool { return commandHead(line) || cmdletIn(line) >= 0 }

// BeginsExchange reports whether a text begins with a command that sends a request,
// or with the first line of an HTTP message.
func BeginsExchange(text string) bool {
	text = strings.TrimSpace(text)
	first, _, _ := strings.Cut(text, "\n")
	return CommandLine(first) || looksLikeHTTP(first)
}

// ReadCommands reads every command of a text that sends an HTTP request. files
// reads what the commands send, nil for none.
func ReadCommands(d evidence.Document, files Files) ([]*evidence.Request, error) {
	return commands(d, files)
}

// ReadHTTP reads HTTP messages and transcripts of curl -v.
func ReadHTTP(d evidence.Document, files Files) ([]Exchange, error) { return httpText(d, files) }

// ReadURL reads a text that is a URL with OAuth parameters; false if it is not one.
func ReadURL(d evidence.Document) (Exchange, bool) { return urlText(d) }

// ReadBody reads a text that is the body of a request or response.
func ReadBody(d evidence.Document) (Exchange, bool) { return bodyText(d) }

// ErrorOf is the error in the body of a response.
func ErrorOf(body string) evidence.OAuthError {
	r := &evidence.Response{Body: body, BodyKnown: true}
	fillResponse(r)
	return r.Error
}
