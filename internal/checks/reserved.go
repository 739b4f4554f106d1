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
		{"net-dns", []string{"dns-not-found", "dns-failed"}},
		{"net-connect", []string{"connect-refused", "connect-timeout", "net-unreachable"}},
		{"net-tls", []string{"tls-expired", "tls-name-mismatch", "tls-self-signed", "tls-unknown-authority", "tls-missing-intermediate", "tls-intercepted", "tls-too-old", "tls-client-certificate-required"}},
		{"net-http", []string{"http-timeout", "http-redirected"}},
		{"net-proxy", []string{"proxy-refused"}},
		{"discovery-reachable", []string{"discovery-unreachable"}},
		{"discovery-issuer", []string{"issuer-mismatch"}},
		{"discovery-auth", []string{"auth-method-unsupported", "alg-unsupported"}},
		{"discovery-endpoints", []string{"endpoint-mismatch"}},
	}
}
