package main

import "testing"

func TestShareOfGarbage(t *testing.T) {
	for _, row := range []struct {
		live uint64
		want int
	}{
		{0, 250},
		{3 << 20, 233},
		{4 << 20, 150},
		{8 << 20, 37},
		{16 << 20, 18},
		{1 << 40, 10},
	} {
		if got := shareOfGarbage(row.live); got != row.want {
			t.Errorf("%d bytes alive: %d %%, want %d %%", row.live, got, row.want)
		}
	}
}
