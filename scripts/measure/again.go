package main

import (
	"context"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// again measures how long it takes to judge a case once more after one claim
// was changed.
func (m *measure) again() {
	k := newRSA(m, "again.jwks")
	text := assertion(k, 1, time.Now())
	d, err := doctor.New(doctor.Options{Profiles: []string{"redox"}})
	if err != nil {
		fail(err)
	}
	const runs = 101
	took := median(runs, func() time.Duration {
		claims := strings.Replace(string(decode(strings.Split(text, ".")[1])), "/token", "/token/", 1)
		changed := strings.Split(text, ".")[0] + "." + b64.EncodeToString([]byte(claims)) + "." + strings.Split(text, ".")[2]
		start := time.Now()
		cases, err := doctor.Evidence(context.Background(), doctor.Options{Profiles: []string{"redox"}}, []doctor.Input{{Name: "edited", Open: strings.NewReader(changed)}})
		if err != nil || len(cases) != 1 {
			fail(err)
		}
		if _, err := d.Judge(cases[0], nil); err != nil {
			fail(err)
		}
		return time.Since(start)
	})
	m.row("one case judged again after one claim changed", ms(took), "< 1 ms", took < time.Millisecond)
}
