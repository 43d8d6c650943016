//go:build unix

package source

import (
	"os"
	"syscall"
)

// openFlags open a file without waiting for anybody who writes into a pipe.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK
