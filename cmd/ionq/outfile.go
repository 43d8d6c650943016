package main

// -o FILE: the result appears under its name whole or not at all.

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// outFile is written beside its final name and renamed at the end.
type outFile struct {
	*os.File
	name string
	kept bool
}

func createOutFile(name string) (*outFile, error) {
	// A device or a pipe (/dev/stdout, a named pipe) cannot be replaced.
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return nil, sqlerr.New(sqlerr.GenericUserError, "cannot write the result: %s is a folder", name)
		}
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, writeError(err)
		}
		return &outFile{File: f}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		if perr := new(fs.PathError); errors.As(err, &perr) {
			perr.Path = name // not that of the file beside it
		}
		return nil, writeError(err)
	}
	return &outFile{File: f, name: name}, nil
}

// keep gives the file its name.
func (f *outFile) keep() error {
	f.kept = true
	if f.name == "" {
		return closed(f.Close())
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(f.name); err == nil {
		mode = info.Mode().Perm()
	}
	err := f.Chmod(mode)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), f.name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return closed(err)
}

func closed(err error) error {
	if err != nil {
		return writeError(err)
	}
	return nil
}

// discard removes the file unless it was kept.
func (f *outFile) discard() {
	if f.kept {
		return
	}
	_ = f.Close()
	if f.name != "" {
		_ = os.Remove(f.Name())
	}
}
