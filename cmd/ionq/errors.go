package main

// Errors on stderr: code, place, message, the source line with a caret, and a
// hint where there is one.

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// maxLine is how much of a source line is shown, in code points on each side
// of the caret.
const maxLine = 100

// maxMessage is how many bytes of a message are shown.
const maxMessage = 2000

// place is where a statement stands: its text, and the file that it came from.
type place struct {
	text string // the statement
	file string // empty for -c and the prompt
	line int    // 1-based line of the statement's first byte in file
}

// printError writes err for a person. at may be nil where there is no statement.
func printError(w io.Writer, err error, at *place) {
	e := sqlerr.As(err)
	var b strings.Builder
	b.WriteString("error: " + string(e.Code) + ": ")
	var ln, col int
	var text string
	if at != nil {
		ln, col, text = e.Place(at.text)
	}
	if ln > 0 {
		fmt.Fprintf(&b, "line %d:%d: ", ln, col)
	}
	b.WriteString(short(e.Msg) + "\n")
	if at != nil && at.file != "" {
		line := at.line
		if ln > 0 && e.Text == "" {
			line += ln - 1
		}
		fmt.Fprintf(&b, "  in %s, line %d\n", at.file, line)
	}
	if ln > 0 {
		lines := strings.Split(text, "\n")
		src, caret := excerpt(strings.TrimRight(lines[ln-1], "\r"), col)
		b.WriteString("  " + src + "\n  " + caret + "\n")
	}
	if d := e.Data; d != nil {
		for _, part := range []struct{ name, value string }{
			{"file", d.File},
			{"record", positive(d.Record)},
			{"byte", nonNegative(d.Offset)},
			{"path", d.Path},
			{"Ion type", d.IonType},
			{"SQL type", d.SQLType},
			{"value", d.Text},
		} {
			if part.value != "" {
				fmt.Fprintf(&b, "  %-8s %s\n", part.name, part.value)
			}
		}
	}
	if e.Hint != "" {
		b.WriteString("hint: " + e.Hint + "\n")
	}
	if e.Code == sqlerr.GenericInternalError && e.Err != nil {
		// The stack of a panic, which the hint asks for.
		b.WriteString(strings.TrimSpace(e.Err.Error()) + "\n")
	}
	_, _ = io.WriteString(w, b.String())
}

// short cuts a message that quotes a value of any length, as Trino's do.
func short(msg string) string {
	if len(msg) <= maxMessage {
		return msg
	}
	return strings.ToValidUTF8(msg[:maxMessage], "") + fmt.Sprintf("… (%d bytes)", len(msg))
}

func positive(n int64) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func nonNegative(n int64) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// excerpt cuts a long line around column col (1-based, in code points), and
// gives the line with a caret under that column.
func excerpt(line string, col int) (src, caret string) {
	runes := []rune(strings.Map(func(r rune) rune {
		if r == '\t' || r < 0x20 {
			return ' '
		}
		return r
	}, line))
	at := min(col-1, len(runes))
	from, to := max(0, at-maxLine), min(len(runes), at+maxLine)
	before := string(runes[from:at])
	src = before + string(runes[at:to])
	pad := runewidth.StringWidth(before)
	if from > 0 {
		src, pad = "…"+src, pad+1
	}
	if to < len(runes) {
		src += "…"
	}
	if !utf8.ValidString(src) {
		src = strings.ToValidUTF8(src, "\uFFFD")
	}
	return src, strings.Repeat(" ", pad) + "^"
}
