package verify

// Counting the items of a DynamoDB JSON file: a JSON object a line (semantics
// 1.5), each checked for its syntax.

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// maxLine bounds a line. DynamoDB's items end at 400 KB.
const maxLine = 64 << 20

func jsonItems(ctx context.Context, name string, s *stored) (n, raw int64, err error) {
	text, err := inflate.NewReader(s, name)
	if err != nil {
		return 0, 0, err
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	lines.Split(scanLine)
	var at int64
	fail := func(format string, args ...any) error {
		return sqlerr.New(sqlerr.HiveBadData, format, args...).WithData(sqlerr.Data{File: name, Record: n + 1, Offset: at})
	}
	for err == nil && lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case len(line) == 0:
		case line[0] != '{' || !json.Valid(line):
			err = fail("the line at byte %d is no JSON object", at)
		default:
			n++
		}
		at += int64(len(lines.Bytes())) + 1
	}
	if err == nil {
		if err = lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			err = fail("the line at byte %d is longer than %d bytes", at, maxLine)
		}
	}
	raw = text.Offset()
	if cerr := text.Close(); err == nil {
		err = cerr
	}
	return n, raw, err
}

// scanLine is bufio.ScanLines, which keeps the carriage return.
func scanLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
