package serve

import (
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// An application that publishes its keys itself is often started after the
// server: the set is fetched again, now and then, until it is there.
func TestKeysAreFetchedAgain(t *testing.T) {
	const address = "http://127.0.0.1:1/jwks"
	at := time.Unix(now, 0)
	refused := func() *doctor.Document {
		return &doctor.Document{Source: address, Fetched: &evidence.Fetched{URL: address, Trouble: "the connection was refused"}}
	}
	fetched, started := 0, false
	c := config(t)
	c.Options.Clock = func() time.Time { return at }
	c.Options.JWKS = refused()
	c.Fetch = func() *doctor.Document {
		if fetched++; !started {
			return refused()
		}
		return &doctor.Document{Source: address, Data: jwks(t), Fetched: &evidence.Fetched{URL: address, Status: 200, ContentType: "application/json"}}
	}
	s := server(t, c)
	send := func(status, fetches int, when string) {
		t.Helper()
		got := ask(t, s, healthy(s).request(t, ""))
		if got.status != status || fetched != fetches {
			t.Errorf("%s: %d %s, fetched %d times, want %d and %d", when, got.status, got.text, fetched, status, fetches)
		}
	}
	send(400, 1, "before the application is there")
	if told := events(t, s); told[0].Causes[0] != "jwks-unreachable" {
		t.Errorf("causes %v", told[0].Causes)
	}
	started = true
	send(400, 1, "at once again")
	at = at.Add(fetchAgain)
	send(200, 2, "a while later")
	at = at.Add(time.Minute)
	send(200, 2, "once it was fetched")
}

func TestUnfetched(t *testing.T) {
	for _, r := range []struct {
		document *doctor.Document
		want     string
	}{
		{nil, ""},
		{&doctor.Document{Source: "jwks.json"}, ""},
		{&doctor.Document{Fetched: &evidence.Fetched{Status: 200}}, ""},
		{&doctor.Document{Fetched: &evidence.Fetched{Status: 503}}, "it answers with status 503"},
		{&doctor.Document{Fetched: &evidence.Fetched{Trouble: "the connection was refused"}}, "the connection was refused"},
	} {
		if got := Unfetched(r.document); got != r.want {
			t.Errorf("%+v: %q, want %q", r.document, got, r.want)
		}
	}
}
