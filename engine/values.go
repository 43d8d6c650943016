package engine

// Values: all Ion values of one file, for whoever wants to see them rather than
// query them.

import (
	"bufio"
	"context"
	"io"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Values reads the top-level values of a file one by one: Ion text or binary, or
// JSON; plain, gzip or zstd by its name. Each value is checked whole.
type Values struct{ text *reader.Text }

// OpenValues opens a file by its name: a local path or an s3:// URL.
func (e *Engine) OpenValues(ctx context.Context, name string) (v *Values, err error) {
	defer recovered(&err)
	src, key, err := e.resolver.Resolve(ctx, name)
	if err != nil {
		return nil, canceled(ctx, err)
	}
	st, err := src.Stat(ctx, key)
	if err != nil {
		return nil, canceled(ctx, err)
	}
	switch st.Kind {
	case source.File:
	case source.Folder:
		return nil, sqlerr.New(sqlerr.InvalidArguments, "%s is a folder", name).WithHint("name the files in it")
	default:
		return nil, sqlerr.New(sqlerr.NotFound, "No such file: %s", name)
	}
	return openValues(ctx, reader.Split{Name: name, Size: st.Object.Size, Items: -1, Open: st.Object.Open})
}

// ReadValues reads a stream as OpenValues reads a file; its first bytes tell
// whether it is compressed. name is what errors call it.
func (e *Engine) ReadValues(ctx context.Context, name string, r io.Reader) (v *Values, err error) {
	defer recovered(&err)
	b := bufio.NewReaderSize(r, 64<<10)
	switch magic, _ := b.Peek(4); { // an error comes up again when the stream is read
	case len(magic) >= 2 && string(magic[:2]) == "\x1f\x8b":
		name += ".gz"
	case string(magic) == "\x28\xb5\x2f\xfd":
		name += ".zst"
	}
	return openValues(ctx, reader.Split{
		Name: name, Size: -1, Items: -1,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(b), nil },
	})
}

func openValues(ctx context.Context, split reader.Split) (*Values, error) {
	t, err := reader.OpenText(ctx, split)
	if err != nil {
		return nil, canceled(ctx, err)
	}
	return &Values{t}, nil
}

// Next prints the next value with p; ok is false when there is none left. before,
// which may be nil, is called first where there is one.
func (v *Values) Next(ctx context.Context, p *ion.Printer, before func()) (ok bool, err error) {
	defer recovered(&err)
	b, start, end, err := v.text.Next(ctx)
	if err != nil || end == 0 {
		if err != nil {
			err = canceled(ctx, err)
		}
		return false, err
	}
	if before != nil {
		before()
	}
	if err := p.Value(b[:end], ion.ValueAt(b[:end], start, false)); err != nil {
		return false, &PrintError{err}
	}
	return true, nil
}

// Close ends the use of the file.
func (v *Values) Close() error { return v.text.Close() }

// PrintError tells that a value could not be written, rather than not be read.
type PrintError struct{ Err error }

func (e *PrintError) Error() string { return e.Err.Error() }
func (e *PrintError) Unwrap() error { return e.Err }
