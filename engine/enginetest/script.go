// Package enginetest runs the text scripts that specify ionq's SQL
// (testdata/sql/**/*.test): data next to the query, one subject a file, an own
// empty catalog each. One runner serves the library, the command and the HTTP
// API: each is a Target.
//
// # Format
//
// A script is blocks separated by blank lines. A line that starts with # is a
// comment; each script says where its expectations come from in a "# from:"
// line. The first word of a block is its directive:
//
//	ddl                      a statement that must succeed
//	table NAME (COL TYPE, …) short for the CREATE EXTERNAL TABLE over s3://test/NAME/
//	                         with the Ion SerDe and a path extractor (Item COL) a column
//	ion NAME [raw]           Ion records, one a line, put under s3://test/NAME/ as data
//	                         files; each layout of the matrix cuts and packs them its way.
//	                         With raw, the lines are one file as they stand.
//	file PATH [base64]       a file at s3://test/PATH with the lines as they stand, or the bytes that they encode
//	set NAME=VALUE           a session setting, until the end of the script
//	query [ordered]          a query; after ---- the header (name type | …) and the rows
//	error                    a statement that fails; after ---- CODE [LINE:COL] MESSAGE
//	                         (a message that ends in ... is a prefix)
//	utility                  a utility statement; after ---- the lines of its result
//	plan                     a query; after ---- the text of EXPLAIN
//	eval                     lines EXPRESSION => VALUE or EXPRESSION => error CODE MESSAGE
//	types                    lines EXPRESSION => TYPE
//	same                     two queries with ---- between them that must agree
//
// A cell is the text that Athena prints; NULL is NULL. A text that is empty,
// spells NULL, has a bar, a quote in front, or blanks at an end is written as a
// Go string literal. Rows compare as multisets unless the query is ordered.
//
// Where the text or the result has empty lines, the directive line ends with <<WORD and
// the block ends with a line WORD.
package enginetest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// block is one directive with its text.
type block struct {
	line   int // of the directive, 1-based
	word   string
	args   []string
	rest   string   // the directive line without its word
	body   []string // lines before ----
	want   []string // lines after ----
	sep    bool     // there was a ----
	wantAt int      // 1-based line of the first line after ----
	end    int      // 1-based line after the block's last
}

func (b *block) sql() string { return strings.Join(b.body, "\n") }

type script struct {
	path   string
	lines  []string
	blocks []*block
	from   bool
}

func parseScript(path string) (*script, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &script{path: path, lines: strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")}
	var cur *block
	until := "" // the line that ends the block, of <<WORD
	for n, line := range s.lines {
		switch {
		case until != "" && line == until:
			cur.end, cur, until = n+1, nil, ""
		case until != "" && line == "----" && !cur.sep:
			cur.sep, cur.wantAt = true, n+2
		case until != "" && cur.sep:
			cur.want = append(cur.want, line)
		case until != "":
			cur.body = append(cur.body, line)
		case strings.HasPrefix(line, "#") && (cur == nil || len(cur.body) == 0 && !cur.sep):
			if strings.HasPrefix(line, "# from:") {
				s.from = true
			}
		case strings.TrimSpace(line) == "":
			if cur != nil {
				cur.end = n + 1
				cur = nil
			}
		case cur == nil:
			f := strings.Fields(line)
			cur = &block{line: n + 1, word: f[0], args: f[1:], rest: strings.TrimSpace(strings.TrimPrefix(line, f[0]))}
			s.blocks = append(s.blocks, cur)
			if last := f[len(f)-1]; strings.HasPrefix(last, "<<") {
				until = last[2:]
				cur.args = cur.args[:len(cur.args)-1]
			}
		case line == "----" && !cur.sep:
			cur.sep, cur.wantAt = true, n+2
		case cur.sep:
			cur.want = append(cur.want, line)
		default:
			cur.body = append(cur.body, line)
		}
	}
	if cur != nil {
		cur.end = len(s.lines) + 1
	}
	for _, b := range s.blocks {
		if err := b.check(); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, b.line, err)
		}
	}
	if !s.from {
		return nil, fmt.Errorf("%s: no \"# from:\" line says where the expectations come from", path)
	}
	return s, nil
}

func (b *block) check() error {
	needSep := false
	switch b.word {
	case "query", "error", "utility", "plan", "same":
		needSep = true
	case "ddl", "ion", "file", "eval", "types":
	case "table", "set":
		if len(b.body) > 0 && b.word == "set" {
			return fmt.Errorf("%s takes one line", b.word)
		}
	default:
		return fmt.Errorf("unknown directive %q", b.word)
	}
	if needSep != b.sep {
		return fmt.Errorf("%s: ---- expected: %v, found: %v", b.word, needSep, b.sep)
	}
	return nil
}

// tableDDL expands the table directive.
func tableDDL(text string) (name, ddl string, err error) {
	open := strings.IndexByte(text, '(')
	if open < 0 || !strings.HasSuffix(text, ")") {
		return "", "", fmt.Errorf("table NAME (COL TYPE, ...) expected")
	}
	name = strings.TrimSpace(text[:open])
	var cols, props []string
	depth, start := 0, open+1
	add := func(col string) {
		col = strings.TrimSpace(col)
		n, typ, _ := strings.Cut(col, " ")
		cols = append(cols, "`"+n+"` "+typ)
		props = append(props, fmt.Sprintf("'ion.%s.path_extractor' = '(Item %s)'", strings.ToLower(n), n))
	}
	for i := open + 1; i < len(text); i++ {
		switch text[i] {
		case '(', '<':
			depth++
		case ')', '>':
			depth--
		}
		if depth < 0 || depth == 0 && text[i] == ',' {
			add(text[start:i])
			start = i + 1
		}
	}
	return name, fmt.Sprintf(`CREATE EXTERNAL TABLE %s (%s)
ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'
WITH SERDEPROPERTIES (%s)
STORED AS ION LOCATION 's3://test/%s/'`, name, strings.Join(cols, ", "), strings.Join(props, ", "), name), nil
}

// cellText writes a value the way scripts hold it.
func cellText(v *string) string {
	if v == nil {
		return "NULL"
	}
	s := *v
	if s == "" || s == "NULL" || s[0] == '"' || s != strings.TrimSpace(s) || strings.ContainsAny(s, "|\n\r\t") || !printableASCIIOrUTF8(s) {
		return strconv.Quote(s)
	}
	return s
}

func printableASCIIOrUTF8(s string) bool {
	for _, r := range s {
		if r < 0x20 || r == 0x7f || r == '\uFFFD' {
			return false
		}
	}
	return true
}

func rowText(cells []string) string { return strings.Join(cells, " | ") }

// normalRow trims the blanks around the bars of a row as written.
func normalRow(line string) string {
	var cells []string
	inQuote, start := false, 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			if inQuote {
				i++
			}
		case '"':
			if inQuote || strings.TrimSpace(line[start:i]) == "" {
				inQuote = !inQuote
			}
		case '|':
			if !inQuote {
				cells = append(cells, strings.TrimSpace(line[start:i]))
				start = i + 1
			}
		}
	}
	cells = append(cells, strings.TrimSpace(line[start:]))
	return rowText(cells)
}
