// Command hello is the least a program with cobra can be: what starting up is
// measured against.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "hello"}
	root.AddCommand(&cobra.Command{Use: "version", Run: func(*cobra.Command, []string) { fmt.Println("hello 1.0") }})
	if root.Execute() != nil {
		os.Exit(1)
	}
}
