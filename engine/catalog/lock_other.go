//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package catalog

// The lock of a catalog's folder where there is no flock: a file that one process
// makes. One that is older than any change takes is a dead process's.

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

const deadAfter = time.Minute

func lock(name string, _ bool) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(name+".held", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
		if err == nil {
			return func() {
				_ = f.Close()
				_ = os.Remove(name + ".held") // what stays is removed as a dead process's
			}, nil
		}
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		if info, serr := os.Stat(name + ".held"); serr == nil && time.Since(info.ModTime()) > deadAfter {
			_ = os.Remove(name + ".held")
		}
		time.Sleep(5 * time.Millisecond)
	}
}
