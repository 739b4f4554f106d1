package mask

import "testing"

func TestSecretsInSentences(t *testing.T) {
	const v = "Zq9xK7mP3vR8tW2yB5nD"
	var m Mask
	for said, want := range map[string]string{
		"client_secret " + v + " is wrong":                "client_secret Zq9…(20 characters) is wrong",
		"Invalid client secret provided: " + v + ".":      "Invalid client secret provided: Zq9…(20 characters).",
		"Invalid API key: " + v:                           "Invalid API key: Zq9…(20 characters)",
		"The refresh token '" + v + "' has expired":       "The refresh token 'Zq9…(20 characters)' has expired",
		"Authorization code " + v + " was already used":   "Authorization code Zq9…(20 characters) was already used",
		"unknown token " + v:                              "unknown token Zq9…(20 characters)",
		"the passphrase is " + v:                          "the passphrase is Zq9…(20 characters)",
		"No key with the kid " + v + " was found":         "", // what is no secret
		"error code " + v:                                 "",
		"the token was signed by key " + v:                "",
		"The token endpoint of tenant " + v + " refused":  "",
		"Trace ID: 0d1c2b3a-4f5e-6d7c-8b9a-0a1b2c3d4e00.": "",
		"token type urn:ietf:params:oauth:token-type:jwt": "",
	} {
		if want == "" {
			want = said
		}
		if got := m.Text(said); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", said, got, want)
		}
	}
}
