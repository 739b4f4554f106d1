package visible

import "testing"

func TestWithoutEscapes(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"abc", "abc", true},
		{"k\x1b[31mRED\x1b]0;pwn\x07", "kRED", true},
		{"\x1b[1;31;40mclient\x1b[0m", "client", true},
		{"a\x1b]8;;https://x.example\x1b\\b", "ab", true},
		{"a\tb", "a\tb", true},
		{"\x1babc", "abc", false},
		{"a\x1b[31", "a[31", false},
		{"a\x1b[3\x01m", "a[3\x01m", false},
		{"a\x1b]0;title", "a]0;title", false},
		{"a\u009b31mb", "a\u009b31mb", false},
	} {
		if got, ok := WithoutEscapes(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q %v, want %q %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}
