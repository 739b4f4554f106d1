package checks

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Gateways that answer in JSON are known by a text with next to nothing next to it.
func TestGatewayInJSON(t *testing.T) {
	for body, want := range map[string]string{
		`{"message":"Missing Authentication Token"}`:                                                                   "Amazon API Gateway",
		`{"message":"No API key found in request"}`:                                                                    "the gateway Kong",
		`{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=x"}`:                                             "DataDome's captcha",
		`{"error":"invalid_client","error_description":"x","message":"Missing Authentication Token"}`:                  "",
		`{"error":"invalid_request","error_description":"Missing authentication token in the header of the request."}`: "",
	} {
		v, faults := jsonspan.Scan([]byte(body), jsonspan.Limits{})
		name, sure := gatewayOf(&evidence.Response{Body: body, BodyKnown: true, Form: evidence.FormJSON, JSON: v, Faults: faults})
		if name != want || sure != (want != "") {
			t.Errorf("%s: %q, %v; want %q", body, name, sure, want)
		}
	}
}
