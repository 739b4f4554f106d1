//go:build race

package judge_test

// raced is true if the race detector runs: it lets memory be used again less
// often, so that allocations say nothing.
const raced = true
