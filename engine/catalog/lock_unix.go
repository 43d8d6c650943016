//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package catalog

// The lock of a catalog's folder on POSIX systems: flock, which ends with the
// process however it ends.

import (
	"errors"
	"os"
	"syscall"
)

// lock waits for the lock; shared with other readers, or alone.
func lock(name string, alone bool) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close() // the lock is what failed
		return nil, err
	}
	return func() { _ = f.Close() }, nil // closing unlocks; nothing was written
}
