package probe

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// maxHosts bounds how much of a hosts file is read; blocklists are large.
const maxHosts = 8 << 20

// inHostsFile reports whether the hosts file names the host.
func inHostsFile(path, host string) bool {
	if path == "" {
		path = "/etc/hosts"
		if runtime.GOOS == "windows" {
			path = filepath.Join(os.Getenv("SystemRoot"), "System32", "drivers", "etc", "hosts")
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	host = strings.TrimSuffix(host, ".")
	lines := bufio.NewScanner(io.LimitReader(f, maxHosts))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) > 1 && slices.ContainsFunc(fields[1:], func(name string) bool { return strings.EqualFold(name, host) }) {
			return true
		}
	}
	return false
}
