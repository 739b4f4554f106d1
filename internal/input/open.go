package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"
)

// The kinds of ReadError.
var (
	ErrEmpty   = errors.New("empty input")
	ErrBlank   = errors.New("only whitespace")
	ErrBinary  = errors.New("no text")
	ErrMissing = errors.New("no such file")
	ErrNoFile  = errors.New("no regular file") // a directory or device
	ErrFailed  = errors.New("cannot be read")
	// ErrMalformed is text of a known kind that is damaged.
	ErrMalformed = errors.New("malformed")
)

// ReadError is input that cannot be read at all. Its text is a whole sentence
// for the user; errors.Is says which of the Err values it is.
type ReadError struct {
	Kind    error
	Message string
}

func (e *ReadError) Error() string { return e.Message }

// Unwrap returns the Err value it is.
func (e *ReadError) Unwrap() error { return e.Kind }

// Open opens a file for reading. It opens pipes, but not directories or devices; the
// error says what the path is instead.
func Open(path string) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, openError(path, err)
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return nil, &ReadError{ErrNoFile, path + " is a directory; name a file in it"}
	case mode&(fs.ModeDevice|fs.ModeCharDevice) != 0 && !standardInput(path):
		return nil, &ReadError{ErrNoFile, path + " is a device, not a file"}
	case mode&fs.ModeSocket != 0:
		return nil, &ReadError{ErrNoFile, path + " is a socket, not a file"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	return f, nil
}

func standardInput(path string) bool { return path == "/dev/stdin" || path == "/dev/fd/0" }

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &ReadError{ErrMissing, "no such file: " + path}
	case errors.Is(err, fs.ErrPermission):
		return &ReadError{ErrFailed, path + " may not be read by this user; check its permissions"}
	}
	return &ReadError{ErrFailed, fmt.Sprintf("%s cannot be opened (%s)", path, reason(err))}
}

// reason is the system's error without the path, which the message already contains.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// binary describes a file that is not text; "" for text. UTF-16 is text if it has a byte
// order mark or every second byte is NUL.
func binary(head []byte) string {
	magics := []struct{ magic, words string }{
		{"\x1f\x8b", "a gzip archive"}, {"PK\x03\x04", "a zip archive (or an Office or Java file)"}, {"%PDF-", "a PDF"}, {"\x89PNG", "a PNG image"},
		{"\xff\xd8\xff", "a JPEG image"}, {"GIF8", "a GIF image"}, {"7z\xbc\xaf", "a 7-Zip archive"}, {"BZh", "a bzip2 archive"}, {"\xfd7zXZ", "an xz archive"},
		{"\x28\xb5\x2f\xfd", "a Zstandard archive"}, {"\x7fELF", "a program"}, {"MZ\x90", "a Windows program"}, {"\xfe\xed\xfe\xed", "a Java key store"}, {"SQLite format 3\x00", "an SQLite database"},
		{"\xd0\xcf\x11\xe0", "an old Office file"},
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.words
		}
	}
	if len(head) > 4 && head[0] == 0x30 && (head[1] == 0x82 || head[1] == 0x81) {
		return "DER, as certificates, keys and PKCS#12 files are"
	}
	if len(head) > 3 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF) {
		return ""
	}
	if len(head) > 3 && (head[1] == 0 && head[3] == 0 && head[0] > ' ' && head[2] > ' ' || head[0] == 0 && head[2] == 0 && head[1] > ' ' && head[3] > ' ') {
		return ""
	}
	sample := clipBytes(head, 1<<16)
	odd := 0
	for i := 0; i < len(sample); {
		r, n := utf8.DecodeRune(sample[i:])
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != 0x1B {
			odd++
		}
		i += n
	}
	// A stray control character or Latin-1 byte is a fault to report, not a reason to
	// stop.
	if odd > 2 && odd*10 > len(sample) || odd == len(sample) && odd > 0 {
		return "binary data"
	}
	return ""
}
