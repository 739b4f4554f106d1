package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// HAR reads the token exchanges of an HTTP archive (HAR 1.2) one by one. It keeps one
// entry in memory, and of earlier ones what later ones may belong to: authorization
// requests, codes, and redirected token requests.
type HAR struct {
	name    string
	in      *harScanner
	where   harRoom
	tool    string // the program that made it, in lower case; "" until the file names it
	entry   int    // the one read last, from 1
	line    int    // where it begins
	found   int    // token exchanges
	skipped []string

	logins  harLogins
	queue   []*harHeld
	fetched harFetched
	// refused are 401 responses of an API, which count only if the file contains no token
	// exchange.
	refused     []Exchange
	refusedSize int

	ended bool
	err   error // returned once the queue is empty
}

// harRoom is the part of the file that is being read.
type harRoom uint8

const (
	harStart harRoom = iota
	harRoot
	harLog
	harEntries
	harEnd
)

func newHAR(name string, r io.Reader) *HAR {
	return &HAR{name: name, in: newHARScanner(r)}
}

// looksLikeHAR recognises an object that begins with a HAR's log.
func looksLikeHAR(head []byte) bool {
	const far = 8 << 10
	head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	for _, token := range []string{"{", `"log"`, ":", "{"} {
		var ok bool
		if head, ok = bytes.CutPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(token)); !ok {
			return false
		}
	}
	head = head[:min(len(head), far)]
	for _, name := range []string{`"version"`, `"creator"`, `"entries"`} {
		if bytes.Contains(head, []byte(name)) {
			return true
		}
	}
	return false
}

// Next returns the next token exchange, io.EOF after the last. If the file contains none,
// it returns the requests that an API refused with 401 and a Bearer challenge. Any other
// error is a ReadError: ErrMalformed for a HAR that is damaged, returned after the
// exchanges before the damage, or that contains no token request; ErrFailed if it cannot
// be read any further.
func (h *HAR) Next() (Exchange, error) {
	for {
		if len(h.queue) > 0 && (h.ended || h.queue[0].ready(h)) {
			held := h.queue[0]
			h.queue = h.queue[1:]
			return held.exchange, nil
		}
		if h.ended {
			err := h.err
			h.err = io.EOF
			return Exchange{}, err
		}
		if err := h.step(); err != nil {
			h.end(err)
		}
	}
}

// step reads the next entry, if any.
func (h *HAR) step() error {
	more, err := h.seek()
	if err != nil {
		return err
	}
	if !more {
		return io.EOF
	}
	h.entry++
	if err := h.in.value(); err != nil {
		return err
	}
	h.line = h.in.at
	if h.in.over {
		if len(h.skipped) < 8 {
			h.skipped = append(h.skipped, fmt.Sprintf("entry %d of the HAR is larger than %d MiB and was not read", h.entry, maxHAREntry>>20))
		}
		return nil
	}
	if h.in.buf[0] != '{' {
		return nil // not an entry; tools replace a removed one by null
	}
	var e harEntry
	var syntax *json.SyntaxError
	if err := json.Unmarshal(h.in.buf, &e); errors.As(err, &syntax) {
		// A member of the wrong type is treated as missing.
		offset, line := h.in.whereIn(int(syntax.Offset) - 1)
		return &harFault{offset, line, unexpected(h.in.buf, int(syntax.Offset)-1)}
	}
	h.take(&e)
	return nil
}

// unexpected names a character but not its surroundings, which may be secret.
func unexpected(b []byte, i int) string {
	if i < 0 || i >= len(b) {
		return "a value is cut short"
	}
	return fmt.Sprintf("the character %q does not belong there", rune(b[i]))
}

// seek advances to the next entry; more is false after the last.
func (h *HAR) seek() (more bool, err error) {
	for {
		switch h.where {
		case harStart:
			if head, _ := h.in.r.Peek(3); string(head) == "\uFEFF" {
				n, _ := h.in.r.Discard(3)
				h.in.offset += int64(n)
			}
			if err := h.in.take('{', "an object, {"); err != nil {
				return false, err
			}
			h.where = harRoot
		case harRoot, harLog:
			if err := h.walk(); err != nil {
				return false, err
			}
		case harEntries:
			c, err := h.in.next(']')
			if err != nil {
				return false, err
			}
			if c != 0 {
				return true, nil
			}
			h.where = harLog
		case harEnd:
			return false, nil
		}
	}
}

// walk reads one member of the root or of the log.
func (h *HAR) walk() error {
	name, more, err := h.in.member()
	switch {
	case errors.Is(err, errHARCut) && h.entry > 0:
		h.where = harEnd // all entries were read; the rest of the file does not matter
		return nil
	case err != nil:
		return err
	case !more && h.where == harRoot:
		h.where = harEnd
		return nil
	case !more:
		h.where = harRoot
		return nil
	}
	c, err := h.in.peek()
	if err != nil {
		return err
	}
	switch {
	case h.where == harRoot && name == "log" && c == '{':
		_, err = h.in.read()
		h.where = harLog
		return err
	case h.where == harLog && name == "entries" && c == '[':
		_, err = h.in.read()
		h.where = harEntries
		return err
	}
	if err := h.in.value(); err != nil {
		return err
	}
	if h.where == harLog && name == "creator" && !h.in.over {
		var creator struct {
			Name harText `json:"name"`
		}
		if json.Unmarshal(h.in.buf, &creator) == nil {
			h.tool = strings.ToLower(creator.Name.s)
		}
	}
	return nil
}

// end keeps an error until all exchanges are returned.
func (h *HAR) end(err error) {
	h.ended, h.in.buf = true, nil
	if errors.Is(err, io.EOF) {
		h.err = io.EOF
		if h.found > 0 {
			return
		}
		if len(h.refused) == 0 {
			h.err = h.nothing()
		}
		for _, e := range h.refused {
			h.queue = append(h.queue, &harHeld{exchange: e})
		}
		return
	}
	var fault *harFault
	place := "before its entries"
	if h.entry > 0 {
		place = fmt.Sprintf("in entry %d", h.entry)
		if h.where != harEntries {
			place = fmt.Sprintf("after entry %d", h.entry)
		}
	}
	const again = "save it again from the program that recorded it"
	switch {
	case errors.As(err, &fault):
		h.err = &ReadError{ErrMalformed, fmt.Sprintf("%s looks like a HAR, but its JSON is broken %s, at byte %d (line %d): %s; %s", h.name, place, fault.offset, fault.line, fault.what, again)}
	case errors.Is(err, errHARCut):
		h.err = &ReadError{ErrMalformed, fmt.Sprintf("%s looks like a HAR, but it ends %s, at byte %d (line %d); it was cut short: %s", h.name, place, h.in.offset, h.in.line, again)}
	default:
		h.err = &ReadError{ErrFailed, fmt.Sprintf("%s could not be read after byte %d (%s)", h.name, h.in.offset, reason(err))}
	}
}

func (h *HAR) nothing() error {
	if h.entry == 0 {
		return &ReadError{ErrMalformed, h.name + " is a HAR without entries; record the token request while the network log is open, and save it again"}
	}
	also := ""
	if len(h.skipped) > 0 {
		also = " (" + strings.Join(h.skipped, "; ") + ")"
	}
	entries := fmt.Sprintf("%d entries were read, and none", h.entry)
	if h.entry == 1 {
		entries = "1 entry was read, and it"
	}
	return &ReadError{ErrMalformed, fmt.Sprintf("%s is a HAR without a token request: %s is one%s; "+
		"record again with the log preserved, or record on the server: a server's token request does not appear in a browser", h.name, entries, also)}
}

// take adds an entry to an exchange, or keeps what a later one may need of it.
func (h *HAR) take(e *harEntry) {
	if e.Request == nil || e.Request.URL.s == "" {
		return
	}
	h.logins.see(h, e)
	if h.follows(e) {
		return
	}
	var r *evidence.Request
	var answer *evidence.Response
	if e.mayBeTokenRequest() {
		r, answer = h.request(e), h.response(e)
	}
	if r == nil || !isHARExchange(r, answer) {
		h.refuse(e)
		return
	}
	h.found++
	h.refused = nil // they no longer count
	twin, listed := h.twice(e)
	if listed {
		return
	}
	r.Notes = append(r.Notes, h.skipped...)
	h.skipped = nil
	x := Exchange{Request: r, Response: answer, Line: h.entry, Name: fmt.Sprintf("entry %d", h.entry)}
	x.Authorization = h.logins.before(r)
	held := h.hold(x, e)
	held.twin = twin
	h.queue = append(h.queue, held)
}

// refuse keeps an API's 401 response with a Bearer challenge.
func (h *HAR) refuse(e *harEntry) {
	const most, mostBytes = 100, 4 << 20
	if h.found > 0 || len(h.refused) >= most || h.refusedSize > mostBytes || e.method() == "OPTIONS" || e.Response == nil || e.Response.Status.n != 401 {
		return
	}
	answer := h.response(e)
	if !slices.ContainsFunc(answer.Challenges, func(c evidence.Challenge) bool { return strings.EqualFold(c.Scheme, "Bearer") }) {
		return
	}
	x := Exchange{Request: h.request(e), Response: answer, Line: h.entry, Name: fmt.Sprintf("entry %d", h.entry)}
	h.refusedSize += len(x.Request.Text) + len(x.Response.Text)
	h.refused = append(h.refused, x)
}
