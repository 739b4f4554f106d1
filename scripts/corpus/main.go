// Command corpus writes client assertions for measuring, one a line: healthy under the
// profile redox, each with its own jti, signed with RS384 by a key made for the
// purpose, whose public half goes into a file.
//
//	go run ./scripts/corpus -lines N [-jwks FILE] [-broken N]
package main

import (
	"bufio"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"math/big"
	"os"
	"runtime"
	"sync"
)

func main() {
	lines := flag.Int("lines", 10_000, "number of assertions")
	jwks := flag.String("jwks", "", "file for the public key; without it signatures are random bytes")
	broken := flag.Int("broken", 0, "every N-th assertion lives an hour, which is too long; 0 for none")
	at := flag.Int64("iat", 1795219200, "iat of the first, in seconds since 1970")
	flag.Parse()
	if err := write(*lines, *broken, *at, *jwks); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func write(lines, broken int, at int64, jwks string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	enc := base64.RawURLEncoding
	if jwks != "" {
		set, err := json.Marshal(map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS384",
			"n": enc.EncodeToString(key.N.Bytes()), "e": enc.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		}}})
		if err != nil {
			return err
		}
		if err := os.WriteFile(jwks, set, 0o644); err != nil {
			return err
		}
	}
	header := enc.EncodeToString([]byte(`{"alg":"RS384","kid":"k1","typ":"JWT"}`))
	one := func(i int) (string, error) {
		iat, life := at+int64(i%60), 240
		if broken > 0 && i%broken == broken-1 {
			life = 3600
		}
		claims := fmt.Sprintf(`{"iss":"corpus","sub":"corpus","aud":"https://api.redoxengine.com/v2/auth/token","iat":%d,"exp":%d,"jti":"%016x-%016x"}`,
			iat, iat+int64(life), uint64(i)*0x9e3779b97f4a7c15, i)
		text := header + "." + enc.EncodeToString([]byte(claims))
		signature := make([]byte, 256)
		if jwks == "" {
			rand.Read(signature)
		} else {
			digest := sha512.Sum384([]byte(text))
			if signature, err = rsa.SignPKCS1v15(nil, key, crypto.SHA384, digest[:]); err != nil {
				return "", err
			}
		}
		return text + "." + enc.EncodeToString(signature), nil
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	const chunk = 1024
	made := make([]string, chunk)
	for from := 0; from < lines; from += chunk {
		n := min(chunk, lines-from)
		var wg sync.WaitGroup
		errs := make([]error, runtime.NumCPU())
		for w := range errs {
			wg.Go(func() {
				for i := w; i < n && errs[w] == nil; i += len(errs) {
					made[i], errs[w] = one(from + i)
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		for _, s := range made[:n] {
			if _, err := out.WriteString(s + "\n"); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}
