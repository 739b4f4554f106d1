package main

import "testing"

func TestRows(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int
	}{
		{"", 0}, {"a\n", 1}, {"a\n\nb\n", 3}, {"1234567890\n", 1}, {"12345678901\n", 2},
		{"\x1b[1m1234567890\x1b[0m\n", 1},
	} {
		if got := rows(tt.text, 10); got != tt.want {
			t.Errorf("%q has %d rows, want %d", tt.text, got, tt.want)
		}
	}
}
