package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// nodeApp is a program of others in a folder of e2e; the test is skipped where it
// cannot run.
func nodeApp(t *testing.T, name string) (node, dir string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(name + ": node is not installed")
	}
	dir, err = filepath.Abs("../../e2e/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Skip(name + ": run npm ci in e2e/" + name + " first")
	}
	return node, dir
}

// startNodeServer starts the server.mjs of a folder of e2e and returns its origin.
func startNodeServer(t *testing.T, name, jwks string) string {
	t.Helper()
	node, dir := nodeApp(t, name)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	free.Close()
	server := exec.CommandContext(t.Context(), node, "server.mjs")
	server.Dir = dir
	server.Env = append(os.Environ(), "PORT="+port, "CLIENT_ID=my-client", "JWKS="+jwks)
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the server says %q, %v", line, err)
	}
	return "http://127.0.0.1:" + port
}
