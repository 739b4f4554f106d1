package main

import (
	"io"
	"os"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

// documents writes one document to each destination, as text makes it for that
// one. A secret one is only for its owner.
func (w world) documents(where []destination, secret bool, text func(w world, format string) (string, error)) error {
	for _, d := range where {
		page, err := text(w.towards(d), d.format)
		if err != nil {
			return err
		}
		if d.file == "" {
			err = w.print(page)
		} else {
			err = w.saved(d.file, page, secret)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// towards is the world as what is written to a destination is to look: a file has
// no terminal's width, colour or letters.
func (w world) towards(d destination) world {
	if d.file != "" {
		w.Width, w.Color, w.ASCII, w.Links = term.PipedWidth, false, false, false
	}
	return w
}

// saved writes a file that --output names, unless it is one the run reads.
func (w world) saved(name, text string, secret bool) error {
	if err := w.files.keep("--output", name); err != nil {
		return err
	}
	mode := os.FileMode(0o666)
	if secret {
		mode = 0o600
	}
	f, err := w.files.create("--output", name, mode, false)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, text); err != nil {
		return &outputError{name, err}
	}
	return f.finish()
}
