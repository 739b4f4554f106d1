package main

import "testing"

func TestShareOfGarbage(t *testing.T) {
	for _, row := range []struct {
		live uint64
		want int
	}{
		{0, 325},
		{3 << 20, 325},
		{4 << 20, 225},
		{8 << 20, 75},
		{16 << 20, 37},
		{1 << 40, 10},
	} {
		if got := shareOfGarbage(row.live); got != row.want {
			t.Errorf("%d bytes alive: %d %%, want %d %%", row.live, got, row.want)
		}
	}
}
