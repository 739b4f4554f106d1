package doctor

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// Document is a key set or key file that was given, or what became of fetching it.
type Document struct {
	Source  string // file name, URL or "stdin"
	Data    []byte
	Fetched *evidence.Fetched // nil if it was not fetched
	// Interrupted is true if it was being fetched when the run was ended;
	// nothing is known of it.
	Interrupted bool
}

// keys is what a run knows of keys, the same for all its cases.
type keys struct {
	public  evidence.Fact[*evidence.Keys]
	jwks    evidence.Fact[*evidence.Keys]
	fetched evidence.Fact[*evidence.Fetched]
	private evidence.Fact[*evidence.PrivateKey]
}

// readKeys reads --jwks and --key. A key file that contains a private key is the
// client's own; its public half serves to verify if no set was given. With a set, a
// key file can only be meant as the private key.
func readKeys(jwks, key *Document) keys {
	k := keys{
		public:  evidence.Missing[*evidence.Keys]("no key was given"),
		jwks:    evidence.Missing[*evidence.Keys]("no key set was given"),
		fetched: evidence.Missing[*evidence.Fetched]("no JWKS URL was given"),
		private: evidence.Missing[*evidence.PrivateKey]("no private key was given"),
	}
	if jwks != nil {
		if jwks.Fetched != nil {
			k.fetched = evidence.Known(jwks.Fetched)
		}
		if jwks.Interrupted {
			const why = "the fetch of the JWKS was interrupted"
			k.public, k.jwks, k.fetched = evidence.Missing[*evidence.Keys](why), evidence.Missing[*evidence.Keys](why), evidence.Missing[*evidence.Fetched](why)
		} else if f := jwks.Fetched; f != nil && (f.Trouble != "" || f.Status != 200 || isPage(jwks)) {
			k.public = evidence.Missing[*evidence.Keys]("the JWKS could not be fetched")
			k.jwks = evidence.Missing[*evidence.Keys]("the JWKS could not be fetched")
		} else if pem := asKeyFile(jwks.Data); pem != nil {
			// A certificate or public key in place of a set: usable, but no set.
			k.public = evidence.Known(&evidence.Keys{Source: jwks.Source, Set: pem})
			if jwks.Fetched != nil {
				// At an address it is what servers get, and they read sets only.
				k.jwks = evidence.Known(&evidence.Keys{Source: jwks.Source, Set: jose.ParseJWKS(jwks.Data)})
			}
		} else {
			set := &evidence.Keys{Source: jwks.Source, Set: jose.ParseJWKS(jwks.Data)}
			k.public, k.jwks = evidence.Known(set), evidence.Known(set)
		}
	}
	if key == nil {
		return k
	}
	file := jose.ParseKeyFile(key.Data)
	if file.Private || len(file.Keys) == 0 || jwks != nil {
		k.private = evidence.Known(&evidence.PrivateKey{Source: key.Source, File: file})
	}
	if _, ok := k.public.Get(); !ok && jwks == nil && len(file.Keys) > 0 {
		k.public = evidence.Known(&evidence.Keys{Source: key.Source, Set: &jose.Set{Keys: file.Keys, Raw: key.Data, Entries: len(file.Keys)}})
	}
	return k
}

// isPage reports whether a web page came in place of a key set. JSON that is
// labelled as one is a set all the same.
func isPage(d *Document) bool {
	text := strings.TrimLeft(strings.TrimPrefix(string(d.Data[:min(len(d.Data), 1<<10)]), "\ufeff"), " \t\r\n")
	return strings.Contains(strings.ToLower(d.Fetched.ContentType), "html") && !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[")
}

// asKeyFile reads PEM text given as a key set; nil if it is none.
func asKeyFile(data []byte) *jose.Set {
	if !strings.Contains(string(data), "-----BEGIN") || strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		return nil
	}
	file := jose.ParseKeyFile(data)
	if len(file.Keys) == 0 {
		return nil
	}
	return &jose.Set{Keys: file.Keys, Raw: data, Entries: len(file.Keys)}
}

func (k keys) give(c *evidence.Case) {
	c.Keys, c.JWKS, c.Fetched, c.PrivateKey = k.public, k.jwks, k.fetched, k.private
}
