package doctor_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// BenchmarkBatch judges healthy lines without keys, as a batch wants it.
func BenchmarkBatch(b *testing.B) {
	e := healthyExchange("redox")
	var text strings.Builder
	for i := range b.N {
		e.token.claims.set("jti", fmt.Sprintf("0f1e2d3c-%d", i))
		text.WriteString(e.token.compact() + "\n")
	}
	opts := e.opts
	opts.Brief, opts.Lines = true, true
	b.ReportAllocs()
	b.ResetTimer()
	res, err := doctor.RunTo(context.Background(), opts, []doctor.Input{{Name: "b.txt", Open: strings.NewReader(text.String())}},
		doctor.Output[int]{Prepare: func(c []finding.Case) int { return len(c) }, Emit: func(int) error { return nil }})
	if err != nil || res.Summary.Cases != b.N {
		b.Fatal(res.Summary, err)
	}
}
