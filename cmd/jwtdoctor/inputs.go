package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// gathered is what the arguments of a command lead to.
type gathered struct {
	inputs  []doctor.Input
	refused []error // inputs that cannot be read, each an InputError
}

// gatherer turns arguments into inputs: - is standard input, an existing path
// a file, recognised text itself. Whatever cannot be opened is noted, so that
// the other inputs are judged all the same.
type gatherer struct {
	world
	ctx       context.Context
	stdinName string
	quiet     bool
	offline   bool // no address is fetched
	// fromProject is true if --jwks was set by the project's file, whose
	// addresses are nobody's word.
	fromProject bool
	client      probe.Client // for a key set at an address
	// directories is true for a command to which a directory means its files.
	directories bool
	stdinUsed   bool
	noted       bool
	at          map[string]int // of the inputs that are files, by path
	gathered
}

// said is an input with the flag that says what it is.
type said struct{ as, arg string }

// gather collects the inputs of arguments and of the flags that name inputs.
func (g *gatherer) gather(args []string, flagged []said) error {
	if len(args) == 0 && len(flagged) == 0 {
		if g.InIsTTY {
			return usage("nothing to check: give a file, - for standard input, or the assertion itself")
		}
		args = []string{"-"}
	}
	for _, a := range args {
		if err := g.add(a, ""); err != nil {
			return err
		}
	}
	for _, f := range flagged {
		if err := g.add(f.arg, f.as); err != nil {
			return err
		}
	}
	return nil
}

// saying pairs inputs with what a flag says they are.
func saying(as string, args []string) []said {
	var out []said
	for _, a := range args {
		out = append(out, said{as, a})
	}
	return out
}

// add takes one argument in. An error is a mistake that ends the run.
func (g *gatherer) add(arg, as string) error {
	if arg == "-" {
		return g.addStdin(as)
	}
	if arg == "" {
		return usage("an input is the empty text; is a variable unset?")
	}
	if info, err := os.Stat(arg); err == nil {
		if info.IsDir() && as == "" && g.directories {
			g.addDirectory(arg)
		} else {
			g.addFile(arg, as)
		}
		return nil
	} else if errors.Is(err, os.ErrPermission) && !isText(arg) {
		g.refused = append(g.refused, unreadable("cannot open %s: permission denied", brief(arg)))
		return nil
	}
	if isPrivateKey(arg) {
		return keyAsText()
	}
	if g.addPattern(arg, as) {
		return nil
	}
	// A flag says that it is one; else a slip in a file's name would be judged.
	if !isText(arg) && !(as == "response" || as == "request") || !strings.ContainsAny(arg, " =&{<\"") && !isText(arg) {
		g.refused = append(g.refused, noSuchFile(arg))
		return nil
	}
	if !g.noted && !g.quiet && !isBareAddress(arg) {
		g.note("the text of the argument is now in the shell's history; a file, or - for standard input, keeps it out (-q leaves this note out)")
		g.noted = true
	}
	g.inputs = append(g.inputs, doctor.Input{Name: "argument", Open: strings.NewReader(arg), As: as})
	return nil
}

func (g *gatherer) addStdin(as string) error {
	if err := g.claimStdin(); err != nil {
		return err
	}
	if g.InIsTTY && !g.quiet {
		g.note("reading from the terminal: paste the assertion, then press Enter and Ctrl-D; a terminal cuts a line at 4,095 bytes, a file does not")
	}
	g.inputs = append(g.inputs, doctor.Input{Name: g.stdinName, Open: &interruptible{ctx: g.ctx, r: g.In}, As: as, Stream: true})
	return nil
}

// claimStdin makes sure that standard input is read once.
func (g *gatherer) claimStdin() error {
	if g.stdinUsed {
		return usage("standard input (-) is given twice; it can be read once")
	}
	g.stdinUsed = true
	g.files.readsFrom(g.In)
	return nil
}

// addedBefore reports whether a file is among the inputs already: a name that is given
// twice, often by two patterns, is not an assertion that was sent twice.
func (g *gatherer) addedBefore(path, as string) bool {
	i, again := g.at[filepath.Clean(path)]
	if !again {
		return false
	}
	in := &g.inputs[i]
	if as != "" && in.As != "" && as != in.As {
		return false // a request and its answer in one file
	}
	if in.As == "" {
		in.As = as
	}
	if !g.quiet {
		g.note("%s is given twice; it is checked once", path)
	}
	return true
}

func (g *gatherer) addFile(path, as string) {
	if g.addedBefore(path, as) {
		return
	}
	g.files.reads(path)
	f, err := openFile(g.ctx, path)
	if info, none := os.Stat(path); err != nil && none == nil && info.Mode()&fs.ModeNamedPipe != 0 && g.ctx.Err() != nil {
		err = fmt.Errorf("%s is a pipe, and no program wrote to it", path)
	}
	if err != nil {
		g.refused = append(g.refused, unreadable("%s", err))
		return
	}
	var r io.Reader = &interruptible{ctx: g.ctx, r: f}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		// It can be read; it is closed again, as there may be thousands.
		f.Close()
		r = &lazyFile{path: path}
		if g.directories {
			if g.at == nil {
				g.at = map[string]int{}
			}
			g.at[filepath.Clean(path)] = len(g.inputs)
		}
	}
	g.inputs = append(g.inputs, doctor.Input{Name: path, Open: r, As: as})
}

// keyAsText refuses a private key on the command line.
func keyAsText() error {
	return usage("this is a private key as text, and is now in the shell's history; give keys as a file or on standard input, and replace this one")
}

// noSuchFile says so, and what was probably meant.
func noSuchFile(arg string) error {
	if err := danglingLink(arg); err != nil {
		return err
	}
	if strings.ContainsAny(arg, "*?[") {
		return unreadable("no such file: %s (the pattern matches nothing)", brief(arg))
	}
	dir, base := filepath.Split(arg)
	if near := wording.Nearest(base, namesIn(dir)); near != "" {
		return unreadable("no such file: %s; did you mean %s?", brief(arg), dir+near)
	}
	return unreadable("no such file: %s", brief(arg))
}

// danglingLink says of a symbolic link what is wrong with it; nil if arg is none.
func danglingLink(arg string) error {
	info, err := os.Lstat(arg)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return nil
	}
	if _, err := os.Stat(arg); errors.Is(err, syscall.ELOOP) {
		return unreadable("%s is a symbolic link that leads back to itself", arg)
	}
	to, err := os.Readlink(arg)
	if err != nil {
		return nil
	}
	return unreadable("%s is a symbolic link to %s, which does not exist", arg, to)
}

// namesIn lists some files of a directory; enough to find a slip of the finger.
func namesIn(dir string) []string {
	const most = 1000
	if dir == "" {
		dir = "."
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(most) // a part of them serves as well
	return names
}

// lazyFile opens a file when it is first read and closes it at its end.
type lazyFile struct {
	path string
	f    *os.File
	err  error
}

func (l *lazyFile) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if l.f == nil {
		if l.f, l.err = os.Open(l.path); l.err != nil {
			return 0, l.err
		}
	}
	n, err := l.f.Read(p)
	if err != nil {
		l.err = err
		l.f.Close()
	}
	return n, err
}

// interruptible gives up waiting for a pipe or terminal when the run is
// interrupted. What it was waiting for is lost, as the process ends.
type interruptible struct {
	ctx    context.Context
	r      io.Reader
	buffer []byte // of the read before; nil if that was given up and may still write to it
	late   int    // bytes read since the interruption
}

type readResult struct {
	n   int
	err error
}

func (i *interruptible) Read(p []byte) (int, error) {
	const most = 1 << 20 // of what lies ready after an interruption
	if i.ctx.Err() != nil && i.late > most {
		return 0, i.ctx.Err()
	}
	const atOnce = 64 << 10
	if i.buffer == nil {
		i.buffer = make([]byte, atOnce)
	}
	b := i.buffer[:min(len(p), atOnce)]
	i.buffer = nil
	got := make(chan readResult, 1)
	go func() {
		n, err := i.r.Read(b)
		got <- readResult{n, err}
	}()
	r, err := ready(i.ctx, got)
	if err != nil {
		return 0, err
	}
	i.buffer = b[:atOnce]
	if i.ctx.Err() != nil {
		i.late += r.n
	}
	return copy(p, b[:r.n]), r.err
}

// ready waits for a result until the run is interrupted, and then takes what
// is there already: an assertion that was piped in is judged although the wait
// for something else was ended.
func ready[T any](ctx context.Context, got <-chan T) (T, error) {
	const grace = 100 * time.Millisecond
	select {
	case r := <-got:
		return r, nil
	case <-ctx.Done():
	}
	select {
	case r := <-got:
		return r, nil
	case <-time.After(grace):
		var none T
		return none, ctx.Err()
	}
}

// openFile is input.Open, except that a named pipe nobody writes to does not
// outlast an interruption.
func openFile(ctx context.Context, path string) (io.ReadCloser, error) {
	type result struct {
		f   io.ReadCloser
		err error
	}
	got := make(chan result, 1)
	go func() {
		f, err := input.Open(path)
		got <- result{f, err}
	}()
	r, err := ready(ctx, got)
	if err != nil {
		return nil, err
	}
	return r.f, r.err
}
