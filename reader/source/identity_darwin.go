package source

import (
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// inode gives what only this system tells of a file: device, inode, and the time
// of change, which nobody can set back.
func inode(info fs.FileInfo) (id string, changed time.Time, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", time.Time{}, false
	}
	changed = time.Unix(st.Ctimespec.Unix())
	return fmt.Sprintf("%d %d %d", st.Dev, st.Ino, changed.UnixNano()), changed, true
}
