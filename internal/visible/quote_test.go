package visible

import "testing"

func TestQuoted(t *testing.T) {
	for in, want := range map[string]string{
		`"exp" is past`:         `'"exp" is past'`,
		"no such key":           "'no such key'",
		"key of client: 'AB12'": `"key of client: 'AB12'"`,
		"the client’s key":      `"the client’s key"`,
		`'a' is not "b"`:        `“'a' is not "b"”`,
	} {
		if got := Quoted(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
