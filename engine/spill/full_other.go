//go:build !windows

package spill

// A full disk, or a full quota, on POSIX systems.

import (
	"errors"
	"syscall"
)

func diskFull(err error) bool { return errors.Is(err, syscall.EDQUOT) }
