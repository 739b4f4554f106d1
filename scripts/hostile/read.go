package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// readFile makes evidence of a file, as the program does before it judges. A
// text that cannot be read is not an error here: a sentence that says so is what we want.
func readFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var refused *input.ReadError
	if err := readAll(input.NewSource(name, f, "")); err != nil && !errors.As(err, &refused) {
		return err
	}
	return nil
}

func readAll(src *input.Source) error {
	switch src.Sort() {
	case input.SortHAR:
		har := src.HAR()
		for {
			e, err := har.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			understand(e)
		}
	case input.SortExchange:
		all, err := src.Exchanges(nil)
		for _, e := range all {
			understand(e)
		}
		return err
	case input.SortJWKS, input.SortKey:
		_, err := src.Bytes()
		return err
	}
	r := src.Items("")
	for places := 50; ; places-- { // they are only computed for findings, not for every line
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if a := item.Assertion(); places > 0 {
			fill(a)
		} else {
			input.Fill(&evidence.Case{}, a)
		}
		if len(item.Text) < 16<<10 && strings.ContainsAny(item.Text, " _{<") {
			input.PlainAnswer(name(item), item.Text)
		}
	}
}

func name(item input.Item) string { return item.Origin.File }

func understand(e input.Exchange) {
	if e.Request != nil {
		if a := input.CarriedBy(e.Request).Assertion; a != nil {
			fill(a)
		}
	}
	if e.Response != nil {
		input.IssuedIn(e.Response)
	}
}

func fill(a *evidence.Assertion) {
	c := &evidence.Case{}
	input.Fill(c, a)
	for _, at := range []string{"/alg", "/kid"} {
		c.At("header", at)
	}
	for _, at := range []string{"/aud", "/jti", "/iss/none"} {
		c.At("claims", at)
	}
	c.AtSegment(2)
}
