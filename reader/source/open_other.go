//go:build !unix

package source

import "os"

// openFlags open a file. Named pipes are not files here.
const openFlags = os.O_RDONLY
