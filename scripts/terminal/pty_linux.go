package terminal

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// open makes a pseudo-terminal: the person's end, and the program's.
func open(columns, rows int) (person, program *os.File, err error) {
	if person, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	var unlocked, number int32
	if err = control(person, syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked)); err == nil {
		err = control(person, syscall.TIOCGPTN, unsafe.Pointer(&number))
	}
	if err == nil {
		err = resize(person, columns, rows)
	}
	if err == nil {
		program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		person.Close()
		return nil, nil, err
	}
	return person, program, nil
}

func resize(f *os.File, columns, rows int) error {
	size := [4]uint16{uint16(rows), uint16(columns)}
	return control(f, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
}

func control(f *os.File, request uintptr, value unsafe.Pointer) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var fault syscall.Errno
	if err := raw.Control(func(fd uintptr) {
		_, _, fault = syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(value))
	}); err != nil {
		return err
	}
	if fault != 0 {
		return fault
	}
	return nil
}

// session makes the terminal the program's own.
func session() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true, Setctty: true} }
