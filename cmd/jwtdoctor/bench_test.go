package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const hello = `package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func main() {
	cmd := &cobra.Command{Use: "hello", Run: func(*cobra.Command, []string) { fmt.Println("hello") }}
	if err := cmd.Execute(); err != nil {
		panic(err)
	}
}
`

func build(b *testing.B, name, pkg string) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", bin, pkg).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return bin
}

func start(b *testing.B, args ...string) time.Duration {
	b.Helper()
	begin := time.Now()
	if err := exec.Command(args[0], args[1:]...).Run(); err != nil {
		b.Fatalf("%v: %v", args, err)
	}
	return time.Since(begin)
}

// BenchmarkVersion reports how many times longer version takes than a program
// of three lines with cobra in it; the aim is at most three.
func BenchmarkVersion(b *testing.B) {
	// It is built in the module, for its version of cobra.
	dir, err := os.MkdirTemp(".", "_hello")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(hello), 0o644); err != nil {
		b.Fatal(err)
	}
	ours, theirs := build(b, "jwtdoctor", "."), build(b, "hello", file)
	var own, other time.Duration
	for b.Loop() {
		own += start(b, ours, "version")
		other += start(b, theirs)
	}
	b.ReportMetric(float64(own)/float64(other), "x-hello")
	b.ReportMetric(own.Seconds()*1000/float64(b.N), "ms/version")
}

// BenchmarkCheck reports what one assertion costs, process start included.
func BenchmarkCheck(b *testing.B) {
	ours := build(b, "jwtdoctor", ".")
	var own time.Duration
	for b.Loop() {
		own += start(b, ours, "check", "-p", "redox", "--now", "1795219230", "../../examples/good.jwt")
	}
	b.ReportMetric(own.Seconds()*1000/float64(b.N), "ms/check")
}
