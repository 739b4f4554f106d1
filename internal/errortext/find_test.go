package errortext_test

import (
	"os"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/errortext"
)

func ids(ms []errortext.Match, settings ...errortext.Setting) []string {
	var out []string
	for _, m := range ms {
		for _, s := range settings {
			if m.Setting == s {
				out = append(out, m.Entry.ID)
			}
		}
	}
	return out
}

// TestChains: what wraps an error gives way to the error, wherever the tool
// prints it.
func TestChains(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       string // IDs, chain by chain: a b, c
		values     map[string]string
	}{
		{"Java, the last cause", `org.springframework.web.client.ResourceAccessException: I/O error on POST request for "https://auth.example.test/token": Connection refused
	at org.springframework.web.client.RestTemplate.doExecute(RestTemplate.java:785)
Caused by: javax.net.ssl.SSLHandshakeException: General problem
	at java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)
	... 3 more
Caused by: java.net.ConnectException: Connection refused
	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
`, "java-refused java-tls", nil},
		{"Java, the innermost of two reasons", `javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake
	at java.base/sun.security.ssl.SSLSocketImpl.handleEOF(SSLSocketImpl.java:1709)
Caused by: java.net.SocketException: Connection reset
	at java.base/sun.nio.ch.NioSocketImpl.implRead(NioSocketImpl.java:328)
`, "java-reset java-handshake-broken java-tls", nil},
		{".NET, on one line", `MsalServiceException: An error occurred while sending the request. ---> System.Net.Http.HttpRequestException: An error occurred while sending the request. ---> System.Net.WebException: The remote name could not be resolved: 'login.example.test'
   at System.Net.HttpWebRequest.EndGetRequestStream(IAsyncResult asyncResult, TransportContext& context)
`, "netfx-host dotnet-send", map[string]string{"host": "login.example.test"}},
		{"Python, the reason in the message", `Traceback (most recent call last):
  File "/app/token.py", line 31, in fetch
    raise MaxRetryError(_pool, url, reason) from reason
urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='auth.example.test', port=443): Max retries exceeded with url: /token (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)')))

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 4, in <module>
    fetch()
requests.exceptions.SSLError: HTTPSConnectionPool(host='auth.example.test', port=443): Max retries exceeded with url: /token (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)')))
`, "tls-verify-expired tls-verify-failed py-max-retries", map[string]string{"host": "auth.example.test", "port": "443"}},
		{"Node.js, the cause below", `TypeError: fetch failed
    at node:internal/deps/undici/undici:14976:13
    at async main (file:///app/token.mjs:12:15) {
  [cause]: ConnectTimeoutError: Connect Timeout Error (attempted address: auth.example.test:443, timeout: 10000ms)
      at onConnectTimeout (node:internal/deps/undici/undici:2602:28) {
    code: 'UND_ERR_CONNECT_TIMEOUT'
  }
}
`, "undici-connect-timeout node-fetch-failed", map[string]string{"host": "auth.example.test"}},
		{"Rust, numbered causes", `Error: error sending request for url (https://auth.example.test/token)

Caused by:
    0: client error (Connect)
    1: invalid peer certificate: UnknownIssuer
`, "rustls-issuer rust-send", map[string]string{"url": "https://auth.example.test/token"}},
		{"Ruby, OpenSSL's words", "OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 peeraddr=192.0.2.10:443 state=error: certificate verify failed (unable to get local issuer certificate)\n",
			"tls-verify-local-issuer ruby-ssl", nil},
		{"PHP, libcurl's words", "GuzzleHttp\\Exception\\ConnectException: cURL error 7: Failed to connect to localhost port 8443 after 0 ms: Couldn't connect to server (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://localhost:8443/token\n",
			"curl-connect", map[string]string{"host": "localhost", "port": "8443"}},
		{"two failures of one log", `2026-11-21T08:00:00Z ERROR token: Post "https://auth.example.test/token": dial tcp: lookup auth.example.test: no such host
2026-11-21T08:00:05Z INFO retrying
2026-11-21T08:00:06Z ERROR token: Post "https://auth.example.test/token": dial tcp 192.0.2.10:443: connect: connection refused
`, "go-no-host, go-refused", map[string]string{"host": "auth.example.test"}},
		{"two hosts in one message", "AggregateError: connect ECONNREFUSED ::1:8443; connect ECONNREFUSED 127.0.0.1:8443\n", "node-econnrefused node-econnrefused", map[string]string{"host": "::1", "port": "8443"}},
		{"the same, again and again", strings.Repeat("Error: connect ECONNREFUSED 127.0.0.1:8443\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)\n", 3), "node-econnrefused", nil},
		{"CRLF", "Error: getaddrinfo ENOTFOUND auth.example.test\r\n    at GetAddrInfoReqWrap.onlookup\r\n  code: 'ENOTFOUND',\r\n", "node-enotfound", map[string]string{"host": "auth.example.test"}},
		{"JSON in a JSON string", `{"log":"{\"msg\":\"request to https://auth.example.test/token failed, reason: connect ECONNREFUSED 127.0.0.1:8443\",\"stack\":\"FetchError: request\\n    at x\"}\n","stream":"stderr"}`, "node-econnrefused node-fetch-reason", map[string]string{"port": "8443"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := errortext.Find(c.text)
			var got strings.Builder
			for i, m := range found {
				if m.Setting != errortext.Said {
					continue
				}
				switch {
				case i == 0:
				case m.Chain != found[i-1].Chain:
					got.WriteString(", ")
				default:
					got.WriteString(" ")
				}
				got.WriteString(m.Entry.ID)
			}
			if got.String() != c.want {
				t.Errorf("found %q, want %q", got.String(), c.want)
				for _, m := range found {
					t.Logf("%s %s chain %d depth %d times %d: %q %v", m.Entry.ID, m.Setting, m.Chain, m.Depth, m.Times, c.text[m.Offset:m.Offset+m.Length], m.Values)
				}
			}
			for name, want := range c.values {
				if v := found[0].Value(name); v != want {
					t.Errorf("%s is %q, want %q", name, v, want)
				}
			}
		})
	}
}

// TestTimes counts what a failure repeats.
func TestTimes(t *testing.T) {
	found := errortext.Find(strings.Repeat("Caused by: java.net.ConnectException: Connection refused\n\tat x\n", 3))
	if len(found) != 1 || found[0].Times != 3 || found[0].Depth != 2 {
		t.Errorf("%+v", found)
	}
}

// TestMentioned: what is written about an error is not the error.
func TestMentioned(t *testing.T) {
	for _, c := range []struct{ name, text, want, code string }{
		{"a list of constants", "const RETRYABLE = ['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'];\n", "", "node-econnrefused node-etimedout node-enotfound node-eai-again"},
		{"a comparison", "if (err.code === 'ECONNREFUSED') {\n  retry();\n}\n", "", "node-econnrefused"},
		{"a case", "switch (code) {\n  case 'CERT_HAS_EXPIRED':\n    return 1;\n}\n", "", "tls-verify-expired"},
		{"a thrown error", "    throw new Error('secretOrPrivateKey is not valid key material');\n", "", "jsonwebtoken-material"},
		{"a Go error", "var errTimeout error = &timeoutError{\"x\"}\nvar ErrX = errors.New(\"x509: certificate signed by unknown authority\")\n", "", "go-unknown-authority"},
		{"a test", "assert.Contains(t, err.Error(), \"no such host\")\nassert.Equal(t, \"server gave HTTP response to HTTPS client\", got)\nself.assertIn('certificate verify failed: self-signed certificate', str(e))\n", "", "tls-verify-self-signed"},
		{"a comment", "// PKIX path building failed means that the trust store lacks it\n", "", "java-pkix"},
		{"a table", "| Code | Meaning |\n|---|---|\n| ECONNREFUSED | the host refuses |\n| DEPTH_ZERO_SELF_SIGNED_CERT | self-signed |\n", "node-econnrefused tls-verify-self-signed", ""},
		{"a sentence", "Handle codes like ECONNREFUSED and ETIMEDOUT in your client, and see to it that unable to verify the first certificate never shows.\n", "node-econnrefused node-etimedout tls-verify-first", ""},
		{"a manual page", "       ECONNREFUSED\n              No one is listening.\n\n       EHOSTUNREACH\n              No way there.\n\n       ETIMEDOUT\n              Too slow.\n\n       ECONNRESET\n              Cut off.\n", "node-econnrefused node-unreachable node-etimedout node-econnreset", ""},
		{"a declaration", "\tECONNREFUSED    = Errno(0x6f)\n\ts := \"x509: certificate signed by unknown authority\"\n\terrno(syscall.EHOSTUNREACH)\n", "", "node-econnrefused go-unknown-authority node-unreachable"},
		{"a table in code", "\t{111, \"ECONNREFUSED\", \"connection refused\"},\n", "node-econnrefused", ""},
		{"a long string", "            throw new CertificateException(\n                \"Algorithm constraints check failed on \" +\n", "", "java-constraints"},
		{"a bulleted list", "- ECONNREFUSED\n- ENOTFOUND\n", "node-econnrefused node-enotfound", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := errortext.Find(c.text)
			if said := ids(found, errortext.Said); len(said) > 0 {
				t.Errorf("said: %v", said)
			}
			if got := strings.Join(ids(found, errortext.Named), " "); got != c.want {
				t.Errorf("named %q, want %q", got, c.want)
			}
			if got := strings.Join(ids(found, errortext.Code), " "); got != c.code {
				t.Errorf("code %q, want %q", got, c.code)
			}
		})
	}
}

// TestAsked: the same words are the error where a program printed them, or
// where somebody asks what they mean.
func TestAsked(t *testing.T) {
	for _, text := range []string{
		"ECONNREFUSED", "  code: 'ECONNREFUSED',", "npm ERR! code ECONNREFUSED", "Error: ECONNREFUSED", `{"code":"ECONNREFUSED","errno":-111}`, "request failed (ECONNREFUSED)",
		"failed with ECONNREFUSED", "app-1  | ECONNREFUSED", "I get `connect ECONNREFUSED 10.0.0.5:443` when I ask for a token. Why?", "2026-11-21 08:00:00 ECONNREFUSED",
	} {
		found := errortext.Find(text)
		if len(found) != 1 || found[0].Entry.ID != "node-econnrefused" || found[0].Setting != errortext.Said {
			t.Errorf("%q: %+v", text, found)
		}
	}
	for _, text := range []string{"econnrefused", "NOTECONNREFUSED", "ECONNREFUSEDLY", "timeout", "Connection", "error", "proxy", "407", "certificate", "EOF"} {
		if found := errortext.Find(text); len(found) > 0 {
			t.Errorf("%q: %+v", text, found)
		}
	}
}

// TestSpecific: of two texts at one place, the one that says more is kept.
func TestSpecific(t *testing.T) {
	for text, want := range map[string]string{
		"curl: (60) SSL certificate problem: self-signed certificate in certificate chain":                     "tls-verify-self-signed-chain",
		"curl: (60) SSL certificate problem: self-signed certificate":                                          "tls-verify-self-signed",
		"curl: (60) SSL certificate problem: something new":                                                    "curl-verify",
		"x509: certificate has expired or is not yet valid: current time 2026-11-21T08:00:00Z is after x":      "go-expired",
		"proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused":                                "go-proxy",
		"No key found in https://auth.example.test/jwks with kid null":                                         "jwks-rsa-java-kid",
		"java.net.UnknownHostException: auth.example.test: Temporary failure in name resolution":               "java-unknown-host-again",
		"Failed to connect to auth.example.test port 443 after 3 ms: Network is unreachable":                   "curl-unreachable",
		"context deadline exceeded (Client.Timeout exceeded while awaiting headers)":                           "go-client-timeout",
		"The remote certificate is invalid because of errors in the certificate chain: PartialChain":           "dotnet-chain-partial",
		"dial tcp: lookup auth.example.test on 10.96.0.10:53: read udp 10.0.0.5:5->10.96.0.10:53: i/o timeout": "go-dns-failed",
	} {
		found := errortext.Find(text)
		if len(found) != 1 || found[0].Entry.ID != want {
			t.Errorf("%q: %v, want %s alone", text, ids(found, errortext.Said, errortext.Named, errortext.Code), want)
		}
	}
}

// TestInnocuous: nothing is found in texts that have to do with none of this.
func TestInnocuous(t *testing.T) {
	data, err := os.ReadFile("testdata/innocuous/texts")
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Split(string(data), "\n=====\n")
	if len(texts) < 30 {
		t.Errorf("%d texts", len(texts))
	}
	for _, text := range texts {
		for _, m := range errortext.Find(text) {
			t.Errorf("%s (%s): %q in\n%.200s", m.Entry.ID, m.Setting, text[m.Offset:m.Offset+m.Length], text)
		}
	}
}

// TestOneToken: a long text of one piece is a token, whatever its letters spell,
// and a constant on its own is none.
func TestOneToken(t *testing.T) {
	token := strings.Repeat("eyJhbGciOiJSUzM4NCJ9.", 20)
	for text, want := range map[string]int{
		token + "ECONNREFUSED":  0,
		"ECONNREFUSED":          1,
		token + " ECONNREFUSED": 1,
	} {
		if n := len(errortext.Find(text)); n != want {
			t.Errorf("%d matches in %.20q… (%d bytes), want %d", n, text, len(text), want)
		}
	}
}
