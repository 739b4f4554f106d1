package serve

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// Of many requests at once none is lost, and of one jti sent by all at once one
// is accepted without others.
func TestManyAtOnce(t *testing.T) {
	const atOnce = 50
	all := 250
	if os.Getenv("JWTDOCTOR_LONG") != "" {
		all = 1000
	}
	replays := all/10 - 1 // the first of them is none
	var out, cases locked
	c := config(t)
	c.Out, c.Cases = &out, &cases
	c.Report.Quiet = true
	s, stop := running(t, c)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	defer client.CloseIdleConnections()
	replayed := healthy(s).request(t, s.issuer())
	again := readBody(t, replayed)
	var requests []*http.Request
	for n := range all {
		q := healthy(s)
		if n%10 == 0 {
			q.body = again
		}
		requests = append(requests, q.request(t, s.issuer()))
	}
	var mu sync.Mutex
	status := map[int]int{}
	var wg sync.WaitGroup
	next := make(chan *http.Request)
	for range atOnce {
		wg.Go(func() {
			for r := range next {
				res, err := client.Do(r)
				if err != nil {
					t.Error(err)
					continue
				}
				replyOf(t, res)
				mu.Lock()
				status[res.StatusCode]++
				mu.Unlock()
			}
		})
	}
	for _, r := range requests {
		next <- r
	}
	close(next)
	wg.Wait()
	if status[200] != all-replays || status[400] != replays {
		t.Errorf("answers by status: %v; want %d accepted and %d replays", status, all-replays, replays)
	}
	if judged, refused := s.Tally(); judged != all || refused != replays {
		t.Errorf("judged %d, refused %d", judged, refused)
	}
	told := events(t, s)
	numbers := map[int]bool{}
	for _, e := range told {
		numbers[e.Request] = true
	}
	if len(told) != all || len(numbers) != all {
		t.Errorf("the journal tells of %d requests with %d numbers", len(told), len(numbers))
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(out.String(), "\n"); n < all {
		t.Errorf("%d reports", n)
	}
	lines := 0
	for sc := bufio.NewScanner(strings.NewReader(cases.String())); sc.Scan(); lines++ {
		if !json.Valid(sc.Bytes()) {
			t.Fatalf("%s is no JSON", sc.Text())
		}
	}
	if lines != all {
		t.Errorf("%d cases as JSON", lines)
	}
}

func readBody(t *testing.T, r *http.Request) string {
	t.Helper()
	var b strings.Builder
	if _, err := bufio.NewReader(r.Body).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestJournalIsBounded(t *testing.T) {
	var j journal
	for n := range mostTold + 5 {
		j.note(Event{Request: n}, nil, false)
	}
	if got := j.record(); len(got.Requests) != mostTold || got.Requests[0].Request != 5 || got.Dropped != 5 {
		t.Errorf("%d events, the first %d, %d dropped", len(got.Requests), got.Requests[0].Request, got.Dropped)
	}
}

func TestBodyTooLarge(t *testing.T) {
	s := server(t, config(t))
	for _, r := range []struct{ size, status int }{{maxBody, 400}, {maxBody + 1, 413}} {
		q := healthy(s)
		q.body = "grant_type=" + strings.Repeat("x", r.size-len("grant_type="))
		if got := ask(t, s, q.request(t, "")); got.status != r.status || got.json["error"] == nil {
			t.Errorf("%d bytes: %d %.200s", r.size, got.status, got.text)
		}
	}
}

func TestListen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, r := range []struct {
		listen   string
		anywhere bool
		bad      string
	}{
		{"", false, ""},
		{"127.0.0.1:0", false, ""},
		{"localhost:0", false, ""},
		{"LocalHost:0", false, ""},
		{"0.0.0.0:0", false, "--listen-anywhere"},
		{":0", false, "--listen-anywhere"},
		{"[::]:0", false, "--listen-anywhere"},
		{"192.0.2.1:0", false, "--listen-anywhere"},
		{"host.example:0", false, "--listen-anywhere"},
		{"0.0.0.0:0", true, ""},
		{"8080", false, "HOST:PORT"},
		{taken.Addr().String(), false, "in use"},
	} {
		c := config(t)
		c.Listen, c.Anywhere = r.listen, r.anywhere
		s, err := New(c)
		if err == nil {
			s.Close()
		}
		var wrong doctor.UsageError
		if r.bad == "" && err != nil || r.bad != "" && (!errors.As(err, &wrong) || !strings.Contains(err.Error(), r.bad)) {
			t.Errorf("%q, anywhere %v: %v", r.listen, r.anywhere, err)
		}
	}
}

// A server that is stopped answers anyone who waits, at once.
func TestStopEndsLatency(t *testing.T) {
	c := config(t)
	c.Latency = time.Hour
	s, stop := running(t, c)
	answered := make(chan reply, 1)
	go func() {
		res, err := http.DefaultClient.Do(healthy(s).request(t, s.issuer()))
		if err != nil {
			t.Error(err)
			answered <- reply{}
			return
		}
		answered <- replyOf(t, res)
	}()
	for { // the journal is written before the latency
		if judged, _ := s.Tally(); judged == 1 {
			break
		}
		select {
		case got := <-answered:
			t.Fatalf("answered without latency: %d", got.status)
		default:
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := <-answered; got.status != 200 {
		t.Errorf("status %d", got.status)
	}
}

func TestTLS(t *testing.T) {
	c := config(t)
	c.TLS = true
	c.Options.Clock = func() time.Time { return time.Unix(now, 0) }
	s, stop := running(t, c)
	if !strings.HasPrefix(s.URL(), "https://127.0.0.1:") {
		t.Errorf("URL %s", s.URL())
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CA()) {
		t.Fatal("the authority's certificate is no PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	_, port := s.hostPort()
	for _, host := range []string{"127.0.0.1", "localhost"} {
		q := healthy(s)
		q.host = host + ":" + port
		q.claims["aud"] = "https://" + q.host + "/token"
		res, err := (&http.Client{Transport: transport}).Do(q.request(t, "https://"+q.host))
		if err != nil {
			t.Fatal(err)
		}
		if got := replyOf(t, res); got.status != 200 {
			t.Errorf("%s: %d %s", host, got.status, got.text)
		}
	}
	if _, err := http.DefaultClient.Do(healthy(s).request(t, s.issuer())); err == nil {
		t.Error("control: trusted without its authority")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Neither secrets nor control characters come out of a request, whole as the
// reports are.
func TestNothingLeaks(t *testing.T) {
	var out, cases locked
	c := config(t)
	c.Out, c.Cases = &out, &cases
	c.Report.Verbose = true
	s := server(t, c)
	q := healthy(s)
	const jti = "4f0b5c3e-secret-jti-value"
	q.claims["jti"] = jti
	q.claims["evil"] = "\x1b[31mred"
	q.path = "/a%1b[2J/token"
	q.params["client_secret"] = "hunter2-of-the-client"
	q.fields["X-Note"] = "\x9b31mred"
	compact := q.compact(t)
	q.params["client_assertion"] = compact
	ask(t, s, q.request(t, ""))
	told, err := json.Marshal(events(t, s))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"report": out.String(), "cases": cases.String(), "journal": string(told)} {
		if text == "" {
			t.Errorf("the %s is empty", name)
		}
		for _, secret := range []string{jti, "hunter2-of-the-client", compact[strings.LastIndexByte(compact, '.')+1:]} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s shows %.12s…", name, secret)
			}
		}
		if strings.ContainsAny(text, "\x1b\u009b") {
			t.Errorf("the %s holds control characters", name)
		}
	}
	if !strings.Contains(out.String(), "multiple-auth-methods") {
		t.Errorf("control: the report does not tell the fault:\n%s", out.String())
	}
}

// Other clients write requests otherwise.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl")
	}
	s, _ := running(t, config(t))
	send := func(args ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, curl, slices.Concat([]string{"-q", "-sS", "--noproxy", "*", "-w", "\n%{http_code}", s.URL()}, args)...).CombinedOutput()
		if err != nil {
			t.Fatalf("curl: %v\n%s", err, out)
		}
		return string(out)
	}
	form := func() []string {
		return []string{"-d", "grant_type=client_credentials", "--data-urlencode", "client_assertion_type=" + urn, "-d", "client_assertion=" + healthy(s).compact(t)}
	}
	if got := send(form()...); !strings.HasSuffix(got, "\n200") {
		t.Errorf("a right request: %s; %+v", got, events(t, s))
	}
	if got := send(append(form(), "-H", "Transfer-Encoding: chunked")...); !strings.HasSuffix(got, "\n200") {
		t.Errorf("a chunked request: %s; %+v", got, events(t, s))
	}
	if got := send(append(form(), "-G")...); !strings.HasSuffix(got, "\n405") {
		t.Errorf("with -G: %s", got)
	}
	if got := send(append(form(), "-H", "Content-Type: application/json")...); !strings.Contains(got, "x-www-form-urlencoded content-type required") {
		t.Errorf("as JSON: %s", got)
	}
}
