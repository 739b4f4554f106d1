package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// readWhole makes evidence of a text the way the program does.
func readWhole(text string) {
	src := NewSource("f", strings.NewReader(text), "")
	switch src.Sort() {
	case SortHAR:
		for har := src.HAR(); ; {
			e, err := har.Next()
			if err != nil {
				return
			}
			understood(e)
		}
	case SortExchange:
		all, _ := src.Exchanges(nil)
		for _, e := range all {
			understood(e)
		}
	case SortJWKS, SortKey:
		_, _ = src.Bytes()
	default:
		places := 50 // places are looked for where something is wrong, which is not told of every line
		for r := src.Items(""); ; places-- {
			item, err := r.Next()
			if err != nil {
				return
			}
			if a := item.Assertion(); places > 0 {
				filled(a)
			} else {
				Fill(&evidence.Case{}, a)
			}
			if len(item.Text) < 16<<10 && strings.ContainsAny(item.Text, " _{<") {
				PlainAnswer("f", item.Text)
			}
		}
	}
}

func understood(e Exchange) {
	if e.Request != nil {
		if a := CarriedBy(e.Request).Assertion; a != nil {
			filled(a)
		}
	}
	if e.Response != nil {
		IssuedIn(e.Response)
	}
}

func filled(a *evidence.Assertion) {
	c := &evidence.Case{}
	Fill(c, a)
	for _, at := range []string{"/alg", "/aud", "/jti", "/iss/none"} {
		c.At("header", at)
		c.At("claims", at)
	}
	c.AtSegment(2)
}
