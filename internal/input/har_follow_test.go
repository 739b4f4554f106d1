package input

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func TestHARRedirects(t *testing.T) {
	const (
		plain = "http://auth.acme.example/oauth2/token"
		login = "https://auth.acme.example/login"
	)
	answer := func(method, url, body string) obj { return entryOf(method, url, body, 400, `{"error":"x"}`) }
	hop := func(status int, from, to, method string, dropped bool) evidence.Redirect {
		return evidence.Redirect{Status: status, From: from, To: to, Method: method, DroppedAll: dropped}
	}
	headed := redirectEntry("POST", plain, harForm, 301, "")
	headed["response"].(obj)["headers"] = list{field("location", harToken)}
	far := list{redirectEntry("POST", plain, harForm, 301, harToken)}
	for i := range patience + 1 {
		far = append(far, pageEntry(i))
	}
	far = append(far, entryOf("GET", harToken, "", 400, `{"error":"invalid_request"}`))
	for _, tt := range []struct {
		name    string
		entries list
		want    [][]evidence.Redirect // of each exchange
		status  []int
	}{
		{"none", list{tokenEntry()}, [][]evidence.Redirect{nil}, []int{400}},
		{"301 makes a GET", list{redirectEntry("POST", plain, harForm, 301, harToken), answer("GET", harToken, "")}, [][]evidence.Redirect{{hop(301, plain, harToken, "GET", true)}}, []int{400}},
		{"302", list{redirectEntry("POST", harToken, harForm, 302, "/login"), answer("GET", login, "")}, [][]evidence.Redirect{{hop(302, harToken, login, "GET", true)}}, []int{400}},
		{"Location", list{headed, answer("GET", harToken, "")}, [][]evidence.Redirect{{hop(301, plain, harToken, "GET", true)}}, []int{400}},
		{"307 keeps it", list{redirectEntry("POST", plain, harForm, 307, harToken), answer("POST", harToken, harForm)}, [][]evidence.Redirect{{hop(307, plain, harToken, "POST", false)}}, []int{400}},
		{"308 keeps it", list{redirectEntry("POST", plain, harForm, 308, harToken), answer("POST", harToken, harForm)}, [][]evidence.Redirect{{hop(308, plain, harToken, "POST", false)}}, []int{400}},
		{"three", list{redirectEntry("POST", plain, harForm, 308, harToken), redirectEntry("POST", harToken, harForm, 303, login), redirectEntry("GET", login, "", 302, login+"?a=b"), answer("GET", login+"?a=b", "")},
			[][]evidence.Redirect{{hop(308, plain, harToken, "POST", false), hop(303, harToken, login, "GET", true), hop(302, login, login+"?a=b", "GET", false)}}, []int{400}},
		{"others between", list{redirectEntry("POST", plain, harForm, 301, harToken), pageEntry(1), entryOf("OPTIONS", harToken, "", 204, ""), pageEntry(2), answer("GET", harToken, "")}, [][]evidence.Redirect{{hop(301, plain, harToken, "GET", true)}}, []int{400}},
		{"port and fragment", list{redirectEntry("POST", plain, harForm, 301, "HTTPS://auth.acme.example:443/oauth2/token#x"), answer("GET", harToken, "")}, [][]evidence.Redirect{{hop(301, plain, "https://auth.acme.example:443/oauth2/token#x", "GET", true)}}, []int{400}},
		{"not followed", list{redirectEntry("POST", plain, harForm, 301, harToken)}, [][]evidence.Redirect{nil}, []int{301}},
		{"sent again by hand", list{redirectEntry("POST", plain, harForm, 301, harToken), answer("POST", harToken, harForm)}, [][]evidence.Redirect{nil, nil}, []int{301, 400}},
		{"led elsewhere", list{redirectEntry("POST", plain, harForm, 301, harToken), answer("GET", login, "")}, [][]evidence.Redirect{nil}, []int{301}},
		{"another exchange meanwhile", list{redirectEntry("POST", plain, harForm, 301, harToken), tokenEntry(), answer("GET", harToken, "")}, [][]evidence.Redirect{{hop(301, plain, harToken, "GET", true)}, nil}, []int{400, 400}},
		{"much later", far, [][]evidence.Redirect{nil, nil}, []int{301, 400}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, err := readHAR(harOf(t, "WebInspector", tt.entries...))
			if err != nil {
				t.Fatal(err)
			}
			var hops [][]evidence.Redirect
			var status []int
			for _, e := range all {
				hops, status = append(hops, e.Request.Redirects), append(status, e.Response.Status)
			}
			if d := cmp.Diff(tt.want, hops); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.status, status); d != "" {
				t.Error(d)
			}
			if len(all) > 0 && all[0].Request.Method != "POST" {
				t.Errorf("the request is a %s", all[0].Request.Method)
			}
		})
	}
}

func TestHARRedirectsEnd(t *testing.T) {
	const url = "https://auth.acme.example/oauth2/token"
	var l list
	for range 100 {
		l = append(l, redirectEntry("POST", url, harForm, 307, url))
	}
	all, err := readHAR(harOf(t, "x", l...))
	if err != nil || len(all) == 0 || len(all[0].Request.Redirects) != maxHops {
		t.Errorf("%d exchanges, error %v", len(all), err)
	}
}

func TestHARDuration(t *testing.T) {
	first, last := redirectEntry("POST", harToken, harForm, 307, harToken+"/"), entryOf("POST", harToken+"/", harForm, 200, `{"access_token":"a"}`)
	last["startedDateTime"], last["time"] = "2026-03-04T05:06:09.089Z", 500
	if r := oneOf(t, "x", first, last).Request; r.Took != 2500*time.Millisecond {
		t.Errorf("took %v, from the first request to the last answer it is 2.5s", r.Took)
	}
}
