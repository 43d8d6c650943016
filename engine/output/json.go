package output

// JSON for programs: json is one array of objects, jsonl one object a line.

import (
	"encoding/json"
	"io"
	"math"
	"strconv"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// jsonWriter writes rows as objects. Integers, decimals and finite doubles are
// JSON numbers with all their digits; booleans are booleans; arrays, maps and
// rows nest; json values stand as they are; everything else is the text that
// Athena gives. A label that occurs again gets _2, _3, ... so that no value
// hides another.
type jsonWriter struct {
	w     io.Writer
	lines bool
	// base64 makes varbinary base64, as data files have it; results show it as
	// Athena's do.
	base64 bool
	finite bool     // reals and doubles are to be numbers
	failed error    // the first one that is not
	keys   []string // encoded, with the colon
	buf    []byte
	cell   []byte
	rows   int64
}

func (j *jsonWriter) Begin(columns []plan.Column, _ Kind) error {
	used := map[string]bool{}
	for _, c := range columns {
		name := c.Name
		for n := 2; used[name]; n++ {
			name = c.Name + "_" + strconv.Itoa(n)
		}
		used[name] = true
		j.keys = append(j.keys, string(appendJSONString(nil, name))+":")
	}
	if !j.lines {
		j.buf = append(j.buf, '[')
	}
	return nil
}

func (j *jsonWriter) Page(p *page.Page) (err error) {
	each(p, func(i int) {
		if !j.lines {
			if j.rows > 0 {
				j.buf = append(j.buf, ',')
			}
			j.buf = append(j.buf, '\n')
		}
		j.buf = append(j.buf, '{')
		for k, v := range p.Cols {
			if k > 0 {
				j.buf = append(j.buf, ',')
			}
			j.buf = append(j.buf, j.keys[k]...)
			j.buf = j.value(j.buf, v, i)
		}
		j.buf = append(j.buf, '}')
		if j.lines {
			j.buf = append(j.buf, '\n')
		}
		j.rows++
		if len(j.buf) >= flushAt && err == nil {
			err = j.flush()
		}
	})
	return err
}

func (j *jsonWriter) End(*int64) error {
	if !j.lines {
		if j.rows > 0 {
			j.buf = append(j.buf, '\n')
		}
		j.buf = append(j.buf, "]\n"...)
	}
	return j.flush()
}

func (j *jsonWriter) flush() error {
	_, err := j.w.Write(j.buf)
	j.buf = j.buf[:0]
	return err
}

func (j *jsonWriter) value(dst []byte, v *page.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(dst, "null"...)
	}
	switch v.Type.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint,
		types.KindDecimal, types.KindJSON:
		return AppendText(dst, v, i)
	case types.KindReal, types.KindDouble:
		if x := v.F64[i]; !math.IsNaN(x) && !math.IsInf(x, 0) {
			return AppendText(dst, v, i)
		}
		if j.finite && j.failed == nil {
			j.failed = sqlerr.New(sqlerr.HiveWriterDataError, "A number is NaN or infinite, for which JSON has no number: Hive's SerDe would not read it back").
				WithHint("choose format = 'PARQUET', or CAST(... AS varchar)")
		}
	case types.KindVarbinary:
		if j.base64 {
			return append(appendBase64(append(dst, '"'), v.Str[i]), '"')
		}
	case types.KindArray:
		dst = append(dst, '[')
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if k > int(v.Off[i]) {
				dst = append(dst, ',')
			}
			dst = j.value(dst, v.Children[0], k)
		}
		return append(dst, ']')
	case types.KindMap:
		dst = append(dst, '{')
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if k > int(v.Off[i]) {
				dst = append(dst, ',')
			}
			dst = appendJSONString(dst, string(AppendText(nil, v.Children[0], k)))
			dst = append(dst, ':')
			dst = j.value(dst, v.Children[1], k)
		}
		return append(dst, '}')
	case types.KindRow:
		dst = append(dst, '{')
		for k, f := range v.Type.Fields() {
			if k > 0 {
				dst = append(dst, ',')
			}
			name := f.Name
			if name == "" {
				name = "field" + strconv.Itoa(k)
			}
			dst = appendJSONString(dst, name)
			dst = append(dst, ':')
			dst = j.value(dst, v.Children[k], i)
		}
		return append(dst, '}')
	}
	j.cell = AppendText(j.cell[:0], v, i)
	return appendJSONString(dst, string(j.cell))
}

// appendJSONString appends s as a JSON string, with no HTML escapes; invalid
// UTF-8 becomes U+FFFD, as JSON has no other way.
func appendJSONString(dst []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"')
	}
	var b jsonBuffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("BUG: a string cannot be encoded as JSON: " + err.Error())
	}
	return append(dst, b[:len(b)-1]...) // without Encode's newline
}

type jsonBuffer []byte

func (b *jsonBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
