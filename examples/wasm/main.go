//go:build js && wasm

// Command wasm is the doctor for a browser or Node: a function that takes what
// was pasted and returns the report as text. Nothing leaves the page.
//
//	GOOS=js GOARCH=wasm go build -o jwtdoctor.wasm ./examples/wasm
//
// jwtdoctor(text, {profile: "redox", json: true}) returns a promise of the report.
package main

import (
	"context"
	"strings"
	"syscall/js"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

func main() {
	js.Global().Set("jwtdoctor", js.FuncOf(func(_ js.Value, args []js.Value) any {
		text, opts := args[0].String(), js.Undefined()
		if len(args) > 1 {
			opts = args[1]
		}
		return js.Global().Get("Promise").New(js.FuncOf(func(_ js.Value, settle []js.Value) any {
			// The doctor works side by side, which the page's one thread must allow.
			go func() {
				out, err := diagnose(text, opts)
				if err != nil {
					settle[1].Invoke(js.Global().Get("Error").New(err.Error()))
					return
				}
				settle[0].Invoke(out)
			}()
			return nil
		}))
	}))
	select {}
}

// diagnose judges a text and writes the report.
func diagnose(text string, opts js.Value) (string, error) {
	o := doctor.Options{Offline: true}
	asJSON := false
	if opts.Truthy() {
		if p := opts.Get("profile"); p.Truthy() {
			o.Profiles = []string{p.String()}
		}
		asJSON = opts.Get("json").Truthy()
	}
	rep := finding.Report{Version: finding.ReportVersion, Tool: finding.Tool{Name: "jwtdoctor"}}
	result, err := doctor.Run(context.Background(), o, []doctor.Input{{Name: "paste", Open: strings.NewReader(text)}}, func(c finding.Case) error {
		rep.Cases = append(rep.Cases, c)
		return nil
	})
	if err != nil {
		return "", err
	}
	rep.Summary = result.Summary
	var b strings.Builder
	if asJSON {
		err = report.JSON(&b, rep)
	} else {
		err = report.Text(&b, rep, report.Options{Width: 80})
	}
	return b.String(), err
}
