package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// conciseRenderer writes one line a finding, as compilers do:
//
//	file:line:column: error cause-id message · fix
type conciseRenderer struct {
	w     io.Writer
	seen  map[string]int
	files files
	ascii bool
}

func (r *conciseRenderer) Begin(finding.Report) error { return nil }

func (r *conciseRenderer) Progress(finding.Progress) error { return nil }

func (r *conciseRenderer) Case(c finding.Case) error {
	var b strings.Builder
	p := page{ascii: r.ascii}
	for _, f := range results(c, r.seen) {
		line := r.files.name(f.place.file) + ":" + strconv.Itoa(f.place.line) + ":" + strconv.Itoa(f.place.column) + ": " + string(f.severity) + " "
		if f.cause != "" {
			line += f.cause + " "
		}
		line += f.message
		if f.fix != "" {
			dot := " · "
			if r.ascii {
				dot = " | "
			}
			line += dot + f.fix
		}
		b.WriteString(p.shown(line) + "\n")
	}
	if b.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(r.w, b.String())
	return err
}

func (r *conciseRenderer) End(finding.Summary) error { return nil }
