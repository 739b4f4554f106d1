//go:build !linux

package terminal

import (
	"errors"
	"os"
	"syscall"
)

func open(int, int) (person, program *os.File, err error) {
	return nil, nil, errors.ErrUnsupported
}

func resize(*os.File, int, int) error { return errors.ErrUnsupported }

func session() *syscall.SysProcAttr { return nil }
