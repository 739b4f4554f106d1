package visible

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, tt := range []struct{ name, in, want, ascii string }{
		{"plain", "https://a.example/t?x=1&y=#z", "", ""},
		{"letters of any language", "Łódź 東京 ε", "", `\u0141\u00f3d\u017a \u6771\u4eac \u03b5`},
		{"combining mark on its letter", "e\u0301", "", `e\u0301`},
		{"combining mark on a space", " \u0301", ` \u0301`, ` \u0301`},
		{"a tower of marks", "e\u0301\u0301\u0301", "e\u0301\u0301" + `\u0301`, `e\u0301\u0301\u0301`},
		{"escape sequence", "\x1b[31mred\x1b]0;t\a", `\x1b[31mred\x1b]0;t\x07`, `\x1b[31mred\x1b]0;t\x07`},
		{"line ends and tab", "a\nb\r\n\tc", `a\nb\r\n\tc`, `a\nb\r\n\tc`},
		{"DEL and NUL", "a\x7f\x00", `a\x7f\x00`, `a\x7f\x00`},
		{"C1 control", "a\u009b31m", `a\u009b31m`, `a\u009b31m`},
		{"C1 as a byte", "a\x9b31m", `a\x9b31m`, `a\x9b31m`},
		{"bidi", "a\u202eb\u2066c", `a\u202eb\u2066c`, `a\u202eb\u2066c`},
		{"zero width", "a\u200b\u200d\ufeff", `a\u200b\u200d\ufeff`, `a\u200b\u200d\ufeff`},
		{"line separators", "a\u2028b\u2029", `a\u2028b\u2029`, `a\u2028b\u2029`},
		{"no-break space", "a\u00a0b", `a\u00a0b`, `a\u00a0b`},
		{"tag characters", "\U000e0041", `\U000e0041`, `\U000e0041`},
		{"variation selector", "a\ufe0f", `a\ufe0f`, `a\ufe0f`},
		{"Hangul filler", "a\u3164", `a\u3164`, `a\u3164`},
		{"not UTF-8", "a\xff\xc3", `a\xff\xc3`, `a\xff\xc3`},
		{"the replacement character itself", "\ufffd", "\ufffd", `\ufffd`},
		{"GitHub command", "::error::x", `\x3a:error::x`, `\x3a:error::x`},
		{"GitHub command after a space", "x ::stop-commands::t", `x \x3a:stop-commands::t`, `x \x3a:stop-commands::t`},
		{"no command inside a word", "std::error::x fe80::1 ::1 ::", "", "std::error::x fe80::1 ::1 ::"},
		{"old GitHub command", "x##[add-mask]", `x\x23#[add-mask]`, `x\x23#[add-mask]`},
		{"Azure command", "a ##vso[task.x]", `a \x23#vso[task.x]`, `a \x23#vso[task.x]`},
		{"a heading is no command", "## x", "", "## x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, ascii := tt.want, tt.ascii
			if want == "" {
				want = tt.in
			}
			if ascii == "" {
				ascii = tt.in
			}
			if got := Text(tt.in); got != want {
				t.Errorf("Text(%q) = %q, want %q", tt.in, got, want)
			}
			if got := ASCII(tt.in); got != ascii {
				t.Errorf("ASCII(%q) = %q, want %q", tt.in, got, ascii)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a\x1b[0m", "\u202e", "e\u0301\u0301\u0301", "\xff\xfe", "::error::", "###[x", "東京"} {
		f.Add(s)
	}
	const longest = 512 // bytes: the fuzzer leaves out every stretch in turn
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > longest {
			return
		}
		for _, ascii := range []bool{false, true} {
			var b strings.Builder
			end := 0
			for _, c := range Cells(s, ascii) {
				if c.Start != end || c.End <= c.Start {
					t.Fatalf("cells of %q leave a gap: %+v after byte %d", s, c, end)
				}
				end = c.End
				b.WriteString(c.Text)
			}
			if end != len(s) {
				t.Fatalf("cells of %q end at %d", s, end)
			}
			shown := Text(s)
			if ascii {
				shown = ASCII(s)
			}
			if shown != b.String() {
				t.Fatalf("cells of %q read %q, the text %q", s, b.String(), shown)
			}
			if !utf8.ValidString(shown) {
				t.Fatalf("%q is not UTF-8", shown)
			}
			for _, r := range shown {
				if ascii && r > '~' || !unicode.IsPrint(r) {
					t.Fatalf("%q holds %U (ascii %v)", shown, r, ascii)
				}
			}
			if trimmed := strings.TrimSpace(shown); strings.HasPrefix(trimmed, "::e") || strings.Contains(shown, "##[") {
				t.Fatalf("%q is a command", shown)
			}
		}
	})
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "東京": 4, "e\u0301": 1, "✗": 1, "·": 1} {
		if got := Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}
