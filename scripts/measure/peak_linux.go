package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// watch follows the most memory that a process has used, in bytes, until stop is
// closed. What the system says of it at its end counts the memory of the process
// that started it as well.
func watch(pid int, stop <-chan struct{}) <-chan int64 {
	out := make(chan int64, 1)
	go func() {
		var most int64
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			if text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status"); err == nil {
				if _, rest, ok := strings.Cut(string(text), "VmHWM:"); ok {
					fields := strings.Fields(rest)
					if kb, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
						most = max(most, kb<<10)
					}
				}
			}
			select {
			case <-stop:
				out <- most
				return
			case <-tick.C:
			}
		}
	}()
	return out
}
