package checks

import (
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// gateway is something in front of servers, recognised by what only its own
// answers contain.
type gateway struct {
	name   string
	header string   // a field, as "name" or "name: beginning of its value"
	body   []string // texts that are all in the body, in lower case
	// own is true for an answer of the gateway itself; where it is false it may
	// only pass on that the server behind it failed.
	own bool
	// json is true for a text that is the value of a JSON object's first member
	// or two, and nothing else: gateways answer so, and APIs say more.
	json bool
	// anyForm is true if the texts prove the gateway in JSON too; an API may
	// well speak of the others.
	anyForm bool
}

// gateways lists what was seen in answers. That a header names a gateway does not
// prove it answered: every answer may have passed through it.
var gateways = sync.OnceValue(func() []gateway {
	return []gateway{
		{name: "Cloudflare's challenge page", header: "Cf-Mitigated: challenge", own: true},
		{name: "Cloudflare's challenge page", body: []string{"just a moment...", "challenge"}, own: true},
		{name: "Cloudflare's block page", body: []string{"attention required! | cloudflare"}, own: true},
		{name: "Cloudflare's block page", body: []string{"error code: 10"}, own: true},
		{name: "Cloudflare's block page", body: []string{"sorry, you have been blocked", "cloudflare"}, own: true},
		{name: "Cloudflare", body: []string{"cf-error-details"}},
		{name: "Cloudflare", body: []string{"/cdn-cgi/challenge-platform/", "<html"}}, // in many a page
		{name: "Akamai's block page", body: []string{"access denied", "errors.edgesuite.net"}, own: true},
		{name: "Akamai's block page", body: []string{"access denied", "reference&#32;&#35;"}, own: true},
		{name: "Akamai's block page", header: "Server: AkamaiGHost", body: []string{"access denied"}, own: true},
		{name: "Imperva Incapsula's block page", body: []string{"incapsula incident id"}, own: true},
		{name: "Imperva Incapsula's block page", body: []string{"_incapsula_resource"}, own: true},
		{name: "F5 BIG-IP's block page", body: []string{"the requested url was rejected. please consult with your administrator"}, own: true},
		{name: "AWS WAF", header: "X-Amzn-Waf-Action", own: true},
		{name: "Amazon CloudFront", body: []string{"the request could not be satisfied", "cloudfront"}, own: true},
		{name: "Amazon API Gateway", header: "X-Amzn-Errortype: ForbiddenException", own: true},
		{name: "Amazon API Gateway", header: "X-Amzn-Errortype: MissingAuthenticationTokenException", own: true},
		{name: "an AWS load balancer", header: "Server: awselb/", body: []string{"403 forbidden"}, own: true},
		{name: "an AWS load balancer", header: "Server: awselb/", body: []string{"<html"}},
		{name: "Azure Front Door's block page", header: "X-Azure-Ref", body: []string{"the request is blocked"}, own: true},
		{name: "Azure Front Door", body: []string{"our services aren't available right now"}},
		{name: "Azure Application Gateway", body: []string{"microsoft-azure-application-gateway", "403 forbidden"}, own: true},
		{name: "Azure Application Gateway", body: []string{"microsoft-azure-application-gateway"}},
		{name: "Azure API Management", body: []string{"access denied due to", "subscription key"}, own: true, anyForm: true},
		{name: "Amazon API Gateway", body: []string{`"missing authentication token"`}, own: true, json: true},
		{name: "the gateway Kong", body: []string{`"no api key found in request"`}, own: true, json: true},
		{name: "DataDome's captcha", body: []string{"captcha-delivery.com/captcha/"}, own: true, json: true},
		{name: "Sucuri's firewall", body: []string{"sucuri website firewall"}, own: true},
		{name: "ModSecurity", body: []string{"mod_security"}, own: true},
		{name: "Istio", body: []string{"rbac: access denied"}, own: true},
		{name: "Envoy", body: []string{"upstream connect error or disconnect/reset before headers"}},
		{name: "Envoy", body: []string{"no healthy upstream"}},
		{name: "a Squid proxy", header: "X-Squid-Error", own: true},
		{name: "a Squid proxy", body: []string{"generated", "(squid"}, own: true},
		{name: "a Zscaler proxy", header: "Server: Zscaler", own: true},
		{name: "a Zscaler proxy", body: []string{"zscaler", "<html"}, own: true},
		{name: "a FortiGate firewall", body: []string{"fgtauth"}, own: true},
		{name: "a FortiGate firewall", body: []string{"fortigate", "<html"}, own: true},
		{name: "a Palo Alto Networks firewall", body: []string{"palo alto networks", "<html"}, own: true},
		{name: "a Forcepoint proxy", body: []string{"forcepoint", "<html"}, own: true},
		{name: "a Blue Coat proxy", body: []string{"blue coat", "<html"}, own: true},
		{name: "a McAfee Web Gateway", body: []string{"mcafee web gateway"}, own: true},
		{name: "a Netskope proxy", body: []string{"netskope", "<html"}, own: true},
		{name: "Varnish", body: []string{"guru meditation", "varnish"}},
		{name: "Fastly", body: []string{"fastly error: unknown domain"}, own: true},
		{name: "nginx", body: []string{"<center>nginx"}},
		{name: "an Apache server", body: []string{"<address>apache"}},
		{name: "Microsoft IIS", body: []string{"internet information services"}},
	}
})

// bodyLooked is how much of a body is searched; what names a gateway comes early.
const bodyLooked = 64 << 10

// gatewayOf names what answered in place of the server; sure is true if the
// answer can only be its own.
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
	if g.json {
		return r.Form == evidence.FormJSON && r.JSON != nil && r.JSON.Kind == jsonspan.Object && len(r.JSON.Members) <= 2 && strings.Contains(body, g.body[0])
	}
	if len(g.body) > 0 && r.Form == evidence.FormJSON && g.header == "" && !g.anyForm {
		return false // an API that mentions a firewall is not one
	}
	for _, text := range g.body {
		if !strings.Contains(body, text) {
			return false
		}
	}
	return true
}

// loginPage reports whether a page asks a person for a password, or sends a
// browser to one that does.
func loginPage(body string) bool {
	body = strings.ToLower(body[:min(len(body), bodyLooked)])
	for _, text := range [...]string{`type="password"`, `type='password'`, "type=password", "samlrequest", "samlresponse", "<title>sign in", "<title>log in", "<title>login"} {
		if strings.Contains(body, text) {
			return true
		}
	}
	return false
}
