package checks

// Reservation is a check whose causes profiles may already name, because a
// provider's answer points to them, while nothing here looks for them yet.
type Reservation struct {
	Check  string
	Causes []string
}

// Reserved lists what is spoken of and not yet looked for. An entry leaves
// this list when its check enters All.
func Reserved() []Reservation {
	return []Reservation{
		{"clock-skew", []string{"clock-ahead", "clock-behind"}},
		{"request-method", []string{"method-not-post", "post-became-get"}},
		{"request-url", []string{"url-authorize-endpoint", "url-not-token-endpoint", "url-wrong-environment", "url-not-https"}},
		{"request-content-type", []string{"content-type-missing", "content-type-json", "content-type-other", "content-type-parameter"}},
		{"request-body", []string{"params-in-url", "body-empty", "body-json", "body-multipart", "shell-quoting"}},
		{"request-grant-type", []string{"grant-type-missing", "grant-type-wrong"}},
		{"request-assertion-type", []string{"assertion-type-missing", "assertion-type-double-encoded", "assertion-type-wrong"}},
		{"request-assertion", []string{"assertion-missing", "assertion-misnamed"}},
		{"request-client-id", []string{"client-id-mismatch", "client-id-missing"}},
		{"request-auth", []string{"multiple-auth-methods", "assertion-as-bearer", "basic-malformed", "basic-percent-encoded"}},
		{"request-parameters", []string{"parameter-repeated", "parameter-missing", "parameter-misspelt", "parameter-not-allowed", "parameter-value-not-accepted", "code-reused"}},
		{"request-redirect-uri", []string{"redirect-uri-mismatch"}},
		{"request-pkce", []string{"pkce-mismatch", "pkce-malformed"}},
		{"request-scope", []string{"scope-missing", "scope-not-allowed"}},
		{"request-headers", []string{"user-agent-missing", "framing-refused", "request-header-missing"}},
		{"response-received", []string{"answered-by-gateway", "endpoint-not-found", "server-failed", "rate-limited", "token-not-accepted-by-api"}},
		{"response-json", []string{"response-not-json", "response-content-type"}},
		{"response-accepted", []string{"token-refused"}},
		{"response-token", []string{"token-response-incomplete", "token-response-cacheable"}},
		{"net-dns", []string{"dns-not-found", "dns-failed"}},
		{"net-connect", []string{"connect-refused", "connect-timeout", "net-unreachable"}},
		{"net-tls", []string{"tls-expired", "tls-name-mismatch", "tls-self-signed", "tls-unknown-authority", "tls-missing-intermediate", "tls-intercepted", "tls-too-old", "tls-client-certificate-required"}},
		{"net-http", []string{"http-timeout", "http-redirected"}},
		{"net-proxy", []string{"proxy-refused"}},
		{"discovery-reachable", []string{"discovery-unreachable"}},
		{"discovery-issuer", []string{"issuer-mismatch"}},
		{"discovery-auth", []string{"auth-method-unsupported", "alg-unsupported"}},
		{"discovery-endpoints", []string{"endpoint-mismatch"}},
		{"token-issuer", []string{"token-iss-mismatch"}},
		{"token-audience", []string{"token-aud-mismatch"}},
	}
}
