package tap

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// copied is a body that passes; its beginning is kept. What is kept beyond a small
// body takes a place, so that many at once cannot fill the memory.
type copied struct {
	body  io.ReadCloser
	large chan struct{} // of the tap
	// open is true if others close the body.
	open bool

	reading sync.Mutex // so that what is kept is in order
	stopped bool

	mu     sync.Mutex
	kept   bytes.Buffer
	placed bool
	cut    bool  // more came than was kept
	err    error // what reading ended with; io.EOF where all came
}

func (t *Tap) copyOf(body io.ReadCloser) *copied { return &copied{body: body, large: t.large} }

// Read implements io.Reader.
func (c *copied) Read(p []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.stopped {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := c.body.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(p[:n])
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

func (c *copied) keep(p []byte) {
	if c.cut {
		return
	}
	room := smallBody - c.kept.Len()
	if len(p) > room && !c.placed {
		select {
		case c.large <- struct{}{}:
			c.placed = true
		default:
		}
	}
	if c.placed {
		room = maxBody - c.kept.Len()
	}
	c.cut = len(p) > room
	c.kept.Write(p[:min(len(p), room)])
}

// Close implements io.Closer. The body of a request stays open: what is left of it
// is read by rest, and the server closes it.
func (c *copied) Close() error {
	if c.open {
		return nil
	}
	return c.body.Close()
}

// rest reads what is left of a body, as far as it is kept: an upstream that fails,
// or answers early, leaves it unread.
func (c *copied) rest(most int64) {
	c.mu.Lock()
	done := c.err != nil
	c.mu.Unlock()
	if !done {
		io.CopyN(io.Discard, c, most) // how it ended is noted
	}
}

// discarded is how much of an unread request net/http reads and throws away before
// an answer begins; it is read here first, or it would be missing from the case.
const discarded = 256 << 10

// stop ends the reading: the server takes the body back.
func (c *copied) stop() {
	c.reading.Lock()
	defer c.reading.Unlock()
	c.stopped = true
}

// release gives the place back; the copy is not used any more.
func (c *copied) release() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.placed {
		c.placed = false
		<-c.large
	}
	c.kept = bytes.Buffer{}
}

// broke is what reading ended with where the body did not come to its end.
func (c *copied) broke() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil || errors.Is(c.err, io.EOF) {
		return nil
	}
	return c.err
}

// text is what was kept of the body, and whether it is all of it.
func (c *copied) text() (text string, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.String(), !c.cut
}

// errCoding is a Content-Encoding that is not read here.
var errCoding = errors.New("the coding is not known")

// decoded is a body as Content-Encoding says it was packed (RFC 9110 section
// 8.4.1), up to maxBody. cut says that there is more. Codings are undone in reverse
// order.
func decoded(text, coding string) (out string, cut bool, err error) {
	codings := strings.FieldsFunc(strings.ToLower(coding), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	const most = 4
	if len(codings) > most {
		return "", false, errCoding
	}
	for i := len(codings) - 1; i >= 0; i-- {
		var r io.Reader
		switch codings[i] {
		case "identity":
			continue
		case "gzip", "x-gzip":
			r, err = gzip.NewReader(strings.NewReader(text))
		case "deflate":
			r, err = zlib.NewReader(strings.NewReader(text))
		default:
			return "", false, errCoding
		}
		if err != nil {
			return "", false, err
		}
		data, err := io.ReadAll(io.LimitReader(r, maxBody+1))
		if len(data) > maxBody {
			data, cut, err = data[:maxBody], true, nil
		}
		if err != nil {
			return string(data), true, err
		}
		text = string(data)
	}
	return text, cut, nil
}
