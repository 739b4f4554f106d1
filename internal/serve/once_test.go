package serve

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

func TestOnce(t *testing.T) {
	c := config(t)
	c.Once = 2
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(t.Context()) }()
	for n := range 2 {
		q := healthy(s)
		if n == 1 {
			q.claims["aud"] = "https://elsewhere.example/"
		}
		res, err := http.DefaultClient.Do(q.request(t, s.issuer()))
		if err != nil {
			t.Fatal(err)
		}
		if got := replyOf(t, res); got.status != []int{200, 400}[n] {
			t.Errorf("request %d: %d %s", n+1, got.status, got.text)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if judged, refused := s.Tally(); judged != 2 || refused != 1 {
		t.Errorf("judged %d, refused %d", judged, refused)
	}
	if got := ask(t, s, healthy(s).request(t, "")); got.status != 503 {
		t.Errorf("a third request: %d", got.status)
	}
}

// stalling is a body that does not come until it is let go.
type stalling struct {
	begun chan struct{} // closed when it is read
	go_on chan struct{}
	text  *strings.Reader
}

func newStalling(text string) *stalling {
	return &stalling{make(chan struct{}), make(chan struct{}), strings.NewReader(text)}
}

func (s *stalling) Read(p []byte) (int, error) {
	select {
	case <-s.begun:
	default:
		close(s.begun)
	}
	<-s.go_on
	return s.text.Read(p)
}

// sentLater asks with a body that stalls, and hands over the answer.
func sentLater(t *testing.T, s *Server, body *stalling) <-chan reply {
	t.Helper()
	r := healthy(s).request(t, "")
	r.Body, r.ContentLength = io.NopCloser(body), int64(body.text.Len())
	answered := make(chan reply, 1)
	go func() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		answered <- replyOf(t, w.Result())
	}()
	<-body.begun
	return answered
}

// A request that stalls takes nobody's turn; it counts once it is there.
func TestStalledFirst(t *testing.T) {
	c := config(t)
	c.Once = 1
	s := server(t, c)
	stalled := newStalling("grant_type=client_credentials")
	first := sentLater(t, s, stalled)
	if got := ask(t, s, healthy(s).request(t, "")); got.status != 200 {
		t.Errorf("the second, which is whole: %d %s", got.status, got.text)
	}
	select {
	case <-s.done:
	default:
		t.Error("one request was judged, and the server goes on")
	}
	close(stalled.go_on)
	if got := <-first; got.status != 503 {
		t.Errorf("the first, which came too late: %d %s", got.status, got.text)
	}
	if judged, refused := s.Tally(); judged != 1 || refused != 0 {
		t.Errorf("judged %d, refused %d", judged, refused)
	}
}

// Large bodies wait for each other; small ones do not wait for them.
func TestLargeBodiesTakePlaces(t *testing.T) {
	s := server(t, config(t))
	for range maxLarge {
		s.large <- struct{}{}
	}
	large := newStalling("grant_type=" + strings.Repeat("x", 2*smallBody))
	waiting := sentLater(t, s, large)
	close(large.go_on)
	if got := ask(t, s, healthy(s).request(t, "")); got.status != 200 {
		t.Errorf("a small body beside large ones: %d %s", got.status, got.text)
	}
	if judged, _ := s.Tally(); judged != 1 {
		t.Errorf("%d judged, though all places are taken", judged)
	}
	<-s.large
	if got := <-waiting; got.status != 400 {
		t.Errorf("a large body with a place: %d", got.status)
	}
	if len(s.large) != maxLarge-1 {
		t.Errorf("%d places are taken, want %d: it was given back", len(s.large), maxLarge-1)
	}
	// Whatever becomes of a body, its place is given back.
	q := healthy(s)
	q.body = strings.Repeat("x", maxBody+1)
	if got := ask(t, s, q.request(t, "")); got.status != 413 || len(s.large) != maxLarge-1 {
		t.Errorf("status %d, %d places are taken", got.status, len(s.large))
	}
}

// A client that has gone is judged as any other: when there is a place.
func TestGoneClientWaitsForItsPlace(t *testing.T) {
	s := server(t, config(t))
	for range maxJudging {
		s.judging <- struct{}{}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	answered := make(chan reply, 1)
	r := healthy(s).request(t, "").WithContext(gone)
	go func() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		answered <- replyOf(t, w.Result())
	}()
	for range 10_000 {
		runtime.Gosched()
		if len(answered) > 0 {
			t.Fatal("judged without a place")
		}
	}
	<-s.judging
	if got := <-answered; got.status != 200 {
		t.Errorf("with a place: %d %s", got.status, got.text)
	}
	if len(s.judging) != maxJudging-1 {
		t.Errorf("%d places are taken, want %d", len(s.judging), maxJudging-1)
	}
}
