package serve

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// read reads the body of a request. Small bodies are read as they come; one
// that is large takes a place first, which is kept until done is called: many
// clients at once must not fill the memory, nor one that stalls stop the rest.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (body []byte, done func(), err error) {
	done = func() {}
	in := http.MaxBytesReader(w, r.Body, maxBody)
	var b bytes.Buffer
	_, err = io.CopyN(&b, in, smallBody)
	if errors.Is(err, io.EOF) {
		return b.Bytes(), done, nil
	}
	if err == nil {
		select {
		case s.large <- struct{}{}:
		case <-r.Context().Done():
			return nil, done, r.Context().Err()
		}
		done = func() { <-s.large }
		// The wait was ours: the client has its time from here.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout))
		_, err = b.ReadFrom(in)
	}
	return b.Bytes(), done, err
}

// encoding says in words why a body cannot be read as the form it may well be;
// "" if it is neither compressed nor UTF-16.
func encoding(r *http.Request, body []byte) string {
	for _, field := range r.Header.Values("Content-Encoding") {
		if field = strings.TrimSpace(field); field != "" && !strings.EqualFold(field, "identity") {
			return "the body has the Content-Encoding " + repeatable(field) + ", and a token request is sent as it is"
		}
	}
	switch {
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		return "the body is compressed (gzip), without a Content-Encoding that says so; a token request is sent as it is"
	case isUTF16(body):
		return "the body looks like UTF-16, and a form is sent in UTF-8"
	}
	return ""
}

// isUTF16 recognises text whose characters come with a zero byte each.
func isUTF16(body []byte) bool {
	head := body[:min(len(body), 64)]
	return len(head) >= 4 && bytes.Count(head, []byte{0}) >= len(head)/3
}
