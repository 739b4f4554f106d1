//go:build !linux

package main

// watch knows nothing of the memory of a process here.
func watch(int, <-chan struct{}) <-chan int64 {
	out := make(chan int64, 1)
	out <- 0
	return out
}
