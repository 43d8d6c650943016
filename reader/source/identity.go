package source

// Identity: what tells that a file is still the one it was.

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"
)

// Identity names a file's present content: another content has another one, as
// far as a file system or S3 tells.
type Identity struct {
	Key     string    // empty where nothing is known
	Changed time.Time // the last change of a local file; zero for an object of S3
}

// Identify gives the identity of the object as it is now. Its key is empty where
// nothing tells one content from another.
func (o Object) Identify(ctx context.Context) (Identity, error) {
	if o.Path == "" {
		return IdentityOf(o, nil), nil
	}
	rc, err := o.Open(ctx)
	if err != nil {
		return Identity{}, err
	}
	id := IdentityOf(o, rc)
	return id, rc.Close()
}

// IdentityOf gives the identity of what was opened from o as rc.
func IdentityOf(o Object, rc io.Reader) Identity {
	var id Identity
	if o.ETag != "" {
		id.Key = fmt.Sprintf("%s %d %s", o.Name, o.Size, o.ETag)
	}
	file, ok := rc.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return id
	}
	info, err := file.Stat()
	if err != nil {
		return Identity{}
	}
	name := o.Path
	if abs, err := filepath.Abs(name); err == nil && name != "" {
		name = abs
	}
	id.Changed = info.ModTime()
	id.Key += fmt.Sprintf("%s %d %d", name, info.Size(), info.ModTime().UnixNano())
	if more, changed, ok := inode(info); ok {
		id.Key += " " + more
		if changed.After(id.Changed) {
			id.Changed = changed
		}
	}
	return id
}
