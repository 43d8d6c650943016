//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package store

// Locks of POSIX systems: flock, which ends with the process however it ends.

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// holdLock makes a lock file and locks it. It returns nil where another process
// took the file for a leftover before it was locked.
func holdLock(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	// File systems without locks refuse; then age alone tells leftovers.
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == syscall.EWOULDBLOCK {
		return nil, f.Close()
	}
	here, err := f.Stat()
	if there, serr := os.Stat(name); err != nil || serr != nil || !os.SameFile(here, there) {
		return nil, f.Close()
	}
	return f, nil
}

// takeOver opens a lock file whose process is gone; nil where it lives.
func takeOver(name string) *os.File {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err {
	case nil:
		return f
	case syscall.EWOULDBLOCK:
	default:
		if info, err := f.Stat(); err == nil && time.Since(info.ModTime()) > abandoned {
			return f
		}
	}
	_ = f.Close()
	return nil
}

// freeBytes is what the disk of a folder, or of its nearest parent that exists,
// has free for this user.
func freeBytes(dir string) (int64, bool) {
	return statfs(existing(dir))
}

// existing is a folder's nearest parent that exists, or itself.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
