package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A pipe that has a name is read as a file is: explain <(curl …).
func TestExplainReadsAPipe(t *testing.T) {
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil {
		t.Skip("there is no mkfifo")
	}
	pipe := filepath.Join(t.TempDir(), "answer")
	if err := exec.Command(mkfifo, pipe).Run(); err != nil {
		t.Skip(err)
	}
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(pipe, []byte(`{"error":"invalid_client"}`), 0) }()
	code, out, errs := run("", "explain", pipe)
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
	if code != 0 || !strings.Contains(out, "invalid_client") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := run("", "explain", os.DevNull); code != 2 || !strings.Contains(errs, "is a device, not a file") {
		t.Errorf("a device: exit code %d\n%s", code, errs)
	}
}
