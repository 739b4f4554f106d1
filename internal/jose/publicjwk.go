package jose

import "encoding/json"

// publicJWK is the public half of a key as it is published, members in the usual
// order. None of its members could contain anything private.
type publicJWK struct {
	Kty string `json:"kty"`
	Kid string `json:"kid"`
	Use string `json:"use"`
	Alg string `json:"alg,omitempty"`
	Crv string `json:"crv,omitempty"`
	N   string `json:"n,omitempty"`
	E   string `json:"e,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
}

// PublicSet writes the public halves of keys as a JWK Set, ready to register. A
// key without kid gets its thumbprint (RFC 7638) as one; alg names the algorithm of
// a key, "" for none. Keys that can verify nothing are left out, and counted.
func PublicSet(keys []*Key, alg func(*Key) string) (set []byte, left int) {
	out := struct {
		Keys []publicJWK `json:"keys"`
	}{Keys: []publicJWK{}}
	for _, k := range keys {
		m := publicMembers(k)
		if m == nil {
			left++
			continue
		}
		out.Keys = append(out.Keys, publicJWK{
			Kty: m["kty"], Kid: k.PublishedKid(), Use: "sig", Alg: alg(k),
			Crv: m["crv"], N: m["n"], E: m["e"], X: m["x"], Y: m["y"],
		})
	}
	set, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, len(keys) // strings always encode
	}
	return append(set, '\n'), left
}

// PublishedKid is the kid a key is published under: its own, else its thumbprint.
func (k *Key) PublishedKid() string {
	if k.HasKid && k.Kid != "" {
		return k.Kid
	}
	return k.Thumbprint
}

// OnlyAlgorithm is the one algorithm a key can be meant for, "" if there are
// several: an RSA key signs with six.
func (k *Key) OnlyAlgorithm() string {
	switch {
	case k.Alg != "":
		return k.Alg
	case len(k.Only) == 1:
		return k.Only[0]
	case k.Crv == "P-256":
		return "ES256"
	case k.Crv == "P-384":
		return "ES384"
	case k.Crv == "P-521":
		return "ES512"
	case k.Crv == crvEd25519:
		return "EdDSA"
	}
	return ""
}
