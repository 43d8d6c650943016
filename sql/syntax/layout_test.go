package syntax

// What Layout prints is what Trino 410's SqlFormatter prints, and reads back as the
// same query.

import (
	"encoding/json"
	"os"
	"testing"
)

func TestLayout(t *testing.T) {
	path := "testdata/layout.jsonl"
	if other := os.Getenv("LAYOUT_CASES"); other != "" {
		path = other
	}
	n := 0
	readLines(t, path, func(line []byte) {
		var c struct {
			SQL, Text string
			Other     bool // Trino reads its text as something else
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if c.Text == "" {
			return
		}
		stmt, err := Parse(c.SQL)
		if err != nil {
			t.Errorf("%s: %v", c.SQL, err)
			return
		}
		n++
		got := Layout(stmt)
		if got != c.Text {
			t.Errorf("%s\nis laid out as\n%s\nwant\n%s", c.SQL, got, c.Text)
			return
		}
		if c.Other {
			return
		}
		again, err := Parse(got)
		if err != nil {
			t.Errorf("%s\nis laid out as\n%s\nwhich fails: %v", c.SQL, got, err)
		} else if second := Layout(again); second != got {
			t.Errorf("%s\nis laid out as\n%s\nand then as\n%s", c.SQL, got, second)
		}
	})
	t.Logf("%d cases", n)
	if n < 300 {
		t.Errorf("only %d cases", n)
	}
}
