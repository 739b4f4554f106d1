package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// gateway is something that stands in front of servers, known by what only its
// own answers hold.
type gateway struct {
	name   string
	header string   // a field, as "name" or "name: beginning of its value"
	body   []string // texts that all stand in the body, in lower case
	// own is true for an answer the gateway gives of itself; where it is false
	// it may only pass on that the server behind it failed.
	own bool
}

// gateways lists what answers were met to hold. That a header names a gateway
// proves nothing by itself where every answer passed through it.
func gateways() []gateway {
	return []gateway{
		{"Cloudflare's challenge page", "Cf-Mitigated: challenge", nil, true},
		{"Cloudflare's challenge page", "", []string{"just a moment...", "challenge"}, true},
		{"Cloudflare's block page", "", []string{"attention required! | cloudflare"}, true},
		{"Cloudflare's block page", "", []string{"error code: 10"}, true},
		{"Cloudflare's block page", "", []string{"sorry, you have been blocked", "cloudflare"}, true},
		{"Cloudflare", "", []string{"cf-error-details"}, false},
		{"Cloudflare", "", []string{"/cdn-cgi/challenge-platform/", "<html"}, false}, // in many a page
		{"Akamai's block page", "", []string{"access denied", "errors.edgesuite.net"}, true},
		{"Akamai's block page", "", []string{"access denied", "reference&#32;&#35;"}, true},
		{"Akamai's block page", "Server: AkamaiGHost", []string{"access denied"}, true},
		{"Imperva Incapsula's block page", "", []string{"incapsula incident id"}, true},
		{"Imperva Incapsula's block page", "", []string{"_incapsula_resource"}, true},
		{"F5 BIG-IP's block page", "", []string{"the requested url was rejected. please consult with your administrator"}, true},
		{"AWS WAF", "X-Amzn-Waf-Action", nil, true},
		{"Amazon CloudFront", "", []string{"the request could not be satisfied", "cloudfront"}, true},
		{"Amazon API Gateway", "X-Amzn-Errortype: ForbiddenException", nil, true},
		{"Amazon API Gateway", "X-Amzn-Errortype: MissingAuthenticationTokenException", nil, true},
		{"an AWS load balancer", "Server: awselb/", []string{"403 forbidden"}, true},
		{"an AWS load balancer", "Server: awselb/", []string{"<html"}, false},
		{"Azure Front Door's block page", "X-Azure-Ref", []string{"the request is blocked"}, true},
		{"Azure Front Door", "", []string{"our services aren't available right now"}, false},
		{"Azure Application Gateway", "", []string{"microsoft-azure-application-gateway", "403 forbidden"}, true},
		{"Azure Application Gateway", "", []string{"microsoft-azure-application-gateway"}, false},
		{"Azure API Management", "", []string{"access denied due to", "subscription key"}, true},
		{"Sucuri's firewall", "", []string{"sucuri website firewall"}, true},
		{"ModSecurity", "", []string{"mod_security"}, true},
		{"Istio", "", []string{"rbac: access denied"}, true},
		{"Envoy", "", []string{"upstream connect error or disconnect/reset before headers"}, false},
		{"Envoy", "", []string{"no healthy upstream"}, false},
		{"a Squid proxy", "X-Squid-Error", nil, true},
		{"a Squid proxy", "", []string{"generated", "(squid"}, true},
		{"a Zscaler proxy", "Server: Zscaler", nil, true},
		{"a Zscaler proxy", "", []string{"zscaler", "<html"}, true},
		{"a FortiGate firewall", "", []string{"fgtauth"}, true},
		{"a FortiGate firewall", "", []string{"fortigate", "<html"}, true},
		{"a Palo Alto Networks firewall", "", []string{"palo alto networks", "<html"}, true},
		{"a Forcepoint proxy", "", []string{"forcepoint", "<html"}, true},
		{"a Blue Coat proxy", "", []string{"blue coat", "<html"}, true},
		{"a McAfee Web Gateway", "", []string{"mcafee web gateway"}, true},
		{"a Netskope proxy", "", []string{"netskope", "<html"}, true},
		{"Varnish", "", []string{"guru meditation", "varnish"}, false},
		{"Fastly", "", []string{"fastly error: unknown domain"}, true},
		{"nginx", "", []string{"<center>nginx"}, false},
		{"an Apache server", "", []string{"<address>apache"}, false},
		{"Microsoft IIS", "", []string{"internet information services"}, false},
	}
}

// bodyLooked is how much of a body is searched; what names a gateway stands early.
const bodyLooked = 64 << 10

// gatewayOf names what answered in place of the server; sure is true where only
// itself can have meant the answer.
func gatewayOf(r *evidence.Response) (name string, sure bool) {
	body := strings.ToLower(r.Body[:min(len(r.Body), bodyLooked)])
	for _, g := range gateways() {
		if g.matches(r, body) {
			// A proxy that reports another's failure is not the cause of it.
			return g.name, g.own
		}
	}
	return "", false
}

func (g gateway) matches(r *evidence.Response, body string) bool {
	if g.header != "" {
		name, begins, _ := strings.Cut(g.header, ": ")
		h, ok := r.Headers.Get(name)
		if !ok || !strings.HasPrefix(strings.ToLower(h.Value), strings.ToLower(begins)) {
			return false
		}
	}
	if len(g.body) > 0 && r.Form == evidence.FormJSON && g.header == "" && !strings.Contains(strings.Join(g.body, " "), "subscription key") {
		return false // an API that speaks of a firewall is none
	}
	for _, text := range g.body {
		if !strings.Contains(body, text) {
			return false
		}
	}
	return true
}

// loginPage tells a page that asks a person for a password, or sends a browser
// on to where one is asked for.
func loginPage(body string) bool {
	body = strings.ToLower(body[:min(len(body), bodyLooked)])
	for _, text := range []string{`type="password"`, `type='password'`, "type=password", "samlrequest", "samlresponse", "<title>sign in", "<title>log in", "<title>login"} {
		if strings.Contains(body, text) {
			return true
		}
	}
	return false
}
