package evidence

import (
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Network is what one look at an address came to, step by step. A step that
// was not reached is nil.
type Network struct {
	URL  string // as the user named it
	Host string // name or address, without port
	Port string

	DNS     *Lookup
	Proxy   *Proxy // nil if none is in the way
	Connect *Connect
	TLS     *TLS // nil for plain http
	HTTP    *Exchanged
	// Timeout is the limit each step had.
	Timeout time.Duration
	// Interrupted is true if the run was ended on the way; what is nil then
	// is not known.
	Interrupted bool
	// Sent is true if a request was written to the server, or its beginning.
	Sent bool
}

// Fault is what went wrong in a step; "" for nothing. The words are those of
// the causes of the net-* checks, as "dns-not-found" and "tls-expired".
type Fault string

// The faults of a look at an address.
const (
	FaultDNSNotFound     Fault = "dns-not-found"
	FaultDNSFailed       Fault = "dns-failed"
	FaultConnectRefused  Fault = "connect-refused"
	FaultConnectTimeout  Fault = "connect-timeout"
	FaultUnreachable     Fault = "net-unreachable"
	FaultProxyRefused    Fault = "proxy-refused"
	FaultTLSExpired      Fault = "tls-expired"
	FaultTLSName         Fault = "tls-name-mismatch"
	FaultTLSSelfSigned   Fault = "tls-self-signed"
	FaultTLSUnknown      Fault = "tls-unknown-authority"
	FaultTLSIntermediate Fault = "tls-missing-intermediate"
	FaultTLSIntercepted  Fault = "tls-intercepted"
	FaultTLSTooOld       Fault = "tls-too-old"
	FaultTLSClientCert   Fault = "tls-client-certificate-required"
	FaultHTTPTimeout     Fault = "http-timeout"
	FaultHTTPRedirected  Fault = "http-redirected"
	FaultTLSNotSpoken    Fault = "tls-not-spoken" // something other than TLS came back
	FaultTLSFailed       Fault = "tls-failed"     // in another way, which Says describes
	FaultHTTPFailed      Fault = "http-failed"    // in another way, which Says describes
	FaultHTTPToTLS       Fault = "http-to-tls-port"
)

// OfTLS reports whether the fault is one of the TLS handshake.
func (f Fault) OfTLS() bool {
	switch f {
	case FaultTLSExpired, FaultTLSName, FaultTLSSelfSigned, FaultTLSUnknown, FaultTLSIntermediate, FaultTLSIntercepted, FaultTLSTooOld,
		FaultTLSClientCert, FaultTLSNotSpoken, FaultTLSFailed:
		return true
	}
	return false
}

// Lookup is the resolution of the host name.
type Lookup struct {
	Name      string
	Addresses []string
	// HostsFile is true if the machine's own hosts file names the host, so
	// that DNS is not asked.
	HostsFile bool
	Took      time.Duration
	Fault     Fault // dns-not-found, dns-failed
	Says      string
}

// Proxy is the proxy a request goes through.
type Proxy struct {
	URL    string // credentials taken out
	From   string // "HTTPS_PROXY", "--proxy"
	Status int    // of its answer to CONNECT; 0 if there was none
	Fault  Fault  // proxy-refused
	Says   string
}

// Connect is the TCP connection.
type Connect struct {
	Tried []Attempt // in order
	Took  time.Duration
	Fault Fault // connect-refused, connect-timeout, net-unreachable: what says most of the attempts; "" if one was answered
	Says  string
}

// Attempt is one address that was tried.
type Attempt struct {
	Address string // with port
	Fault   Fault
}

// TLS is the handshake. The chain is what the server sent, trusted or not.
type TLS struct {
	Version string // "TLS 1.3"
	ALPN    string
	Chain   []Certificate // leaf first
	// Roots says what the chain was verified against: "the system's roots" or a file.
	Roots string
	Took  time.Duration
	Fault Fault // tls-expired, tls-name-mismatch, tls-self-signed, …; "" if it is trusted
	// Intercepted names the private authority that is in for the server's
	// own, trusted here or not; "" for none.
	Intercepted string
	Says        string
}

// Certificate is one certificate of a chain, as far as people ask.
type Certificate struct {
	Subject, Issuer     string
	Names               []string // DNS names and addresses it is for
	NotBefore, NotAfter time.Time
	CA, SelfSigned      bool
	Key                 string // "RSA 2048", "EC P-256"
}

// Exchanged is the HTTP exchange.
type Exchanged struct {
	Method    string
	Status    int
	Version   string
	Redirects []Redirect // shown, and followed within limits only for GET
	Response  *Response  // headers and the beginning of the body; nil if no answer came
	Took      time.Duration
	Fault     Fault // http-timeout, http-redirected, http-to-tls-port
	Says      string
}

// Discovery is what a server publishes about itself.
type Discovery struct {
	Asked  string       // the issuer or address it was looked for under; "" for a file
	Source string       // where the document came from: URL or file name
	Form   string       // "openid-configuration", "oauth-authorization-server", "smart-configuration"
	Tried  []TriedFetch // every well-known address that was tried
	Raw    []byte
	Doc    *jsonspan.Value // nil if none could be read
	Faults []jsonspan.Fault

	Issuer                string
	TokenEndpoint         string
	AuthorizationEndpoint string
	JWKSURI               string
	// AuthMethods and Algs are token_endpoint_auth_methods_supported and
	// …_signing_alg_values_supported; nil if the document does not say.
	AuthMethods []string
	Algs        []string
}

// TriedFetch is one address that was asked for a document.
type TriedFetch struct {
	URL     string
	Status  int    // 0 if there was no answer
	Trouble string // why it is not a discovery document, in words; "" for the one that is
}
