package reader

// ionSource: records of one split to pages.
//
// A record goes one of two ways. The fast way knows the export's shape and walks
// each byte once: field names are predicted from the record before, values that
// no column needs are skipped, needed ones appended at once. The slow way takes
// whatever the fast one gave back: it checks the record with the whole grammar,
// notes where each column's value lies, and decodes those. Both give the same
// rows; the fast one never decides a hard case, and never reports an error.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/projection"
	"github.com/ionq-db/ionq/reader/serde"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

type ionSource struct {
	input
	split    Split
	opt      Options
	props    *serde.Properties
	pageRows int

	cols    []*serde.Column
	paths   []*projection.Path // of cols
	tree    *projection.Tree
	root    *level
	levels  map[*projection.Node]*level
	depth   int         // of skipped structs, now
	skipped int         // levels of skipped structs
	other   target      // of the field at hand, where its level has no room for it
	found   []ion.Value // slow way: the last match of each column
	has     []bool
	inSexp  []bool

	late  []*lateColumn // by column; nil for those that are decoded at once
	lates []*lateColumn // those that are not nil
	soft  []*softColumn // by column; nil for those whose bad values are errors

	page page.Page
	rows int // in the page so far
	done bool
	err  error // sticky
}

// level is a struct at one place of the records, with the field names that its
// last values had, in their order: the next value probably has the same. A name
// that is guessed right needs no scanning, so skipped structs have levels too.
type level struct {
	node    *projection.Node // nil where nothing inside matches
	guesses []guess
	index   map[string]int // of the guesses' names, once the list is full
}

type guess struct {
	name   string // as written, with the colon
	w, m   uint64 // its first 8 bytes, and which bits of them count
	target target
}

// target is what to do with a field's value.
type target struct {
	col   int // the column it belongs to; -1 none; -2 look at node
	node  *projection.Node
	inner *level // for a struct, if there is reason to look into one
}

// maxGuesses bounds a level's list. Where names are data (maps with ids for
// keys) no list helps; names beyond it are looked up one by one.
const maxGuesses = 256

// maxLevels bounds the levels of skipped structs, and maxSkipDepth how deep they
// follow each other.
const (
	maxLevels    = 1000
	maxSkipDepth = 64
)

// lookAhead is how many names are tried: fields may be absent.
const lookAhead = 4

func (s *ionSource) level(n *projection.Node) *level {
	if l, ok := s.levels[n]; ok {
		return l
	}
	if s.levels == nil {
		s.levels = map[*projection.Node]*level{}
	}
	l := &level{node: n}
	s.levels[n] = l
	return l
}

func (s *ionSource) Stats() Stats {
	raw, stored := s.stats()
	return Stats{BytesStored: stored, BytesRaw: raw, Records: s.records}
}

func (s *ionSource) Close() error {
	s.done = true
	return s.close()
}

func (s *ionSource) Next(ctx context.Context) (*page.Page, error) {
	if s.done {
		return nil, s.err
	}
	p, err := s.next(ctx)
	if err != nil || p == nil {
		err = s.inRecord(err)
		s.done, s.err = true, err
	}
	return p, err
}

func (s *ionSource) next(ctx context.Context) (*page.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, c := range s.cols {
		c.Reset()
	}
	s.rows = 0
	for _, l := range s.soft {
		if l != nil {
			l.rows = l.rows[:0]
		}
	}
	for _, l := range s.lates {
		for i := range l.at {
			l.at[i] = -1
		}
	}
	first := s.records
	if err := s.slide(); err != nil {
		return nil, err
	}
	for s.rows < s.pageRows {
		if !s.opt.ProjectAll && !s.root.node.Complex {
			s.fast()
			if s.rows == s.pageRows {
				break
			}
		}
		more, err := s.slow()
		if err == nil && more {
			continue
		}
		if errors.Is(err, ion.ErrIncomplete) {
			if s.rows > 0 {
				break // the page's strings lie in the window: it cannot move now
			}
			if err := s.more(); err != nil {
				return nil, err
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			continue
		}
		var bad *ion.SyntaxError
		if errors.As(err, &bad) && !bad.Unsupported && s.props.IgnoreMalformed {
			s.win.Advance(len(s.win.Data())) // the rest of the file is dropped silently
			s.done = true
			break
		}
		if err != nil {
			if s.rows > 0 {
				// Rows before the bad one come first: a LIMIT may need no more.
				s.undo()
				break
			}
			return nil, s.place(err)
		}
		// The end of the file.
		if s.rows > 0 {
			break
		}
		return nil, s.end()
	}
	if s.rows == 0 {
		return nil, nil
	}
	s.page = page.Page{Rows: s.rows, Cols: s.page.Cols, Split: s.split.Ordinal, Row: first}
	for i, c := range s.cols {
		if s.late[i] != nil {
			s.page.Cols[i] = nil
			continue
		}
		s.page.Cols[i] = c.Vector()
	}
	return &s.page, nil
}

// undo takes back what a record appended before it failed.
func (s *ionSource) undo() {
	if s.rows < s.pageRows {
		s.forgetLate()
	}
	for _, c := range s.cols {
		if c.Len() > s.rows {
			c.Truncate(s.rows)
		}
	}
	for _, l := range s.soft {
		l.cut(s.rows)
	}
}

// end checks the file against what was promised.
func (s *ionSource) end() error {
	if err := s.win.Err(); err != nil {
		return s.place(err)
	}
	if s.split.Items >= 0 && s.records != s.split.Items {
		return sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest promises %d items in the file, it holds %d", s.split.Items, s.records).
			WithData(sqlerr.Data{File: s.file, Offset: -1})
	}
	s.warnUnmatched()
	return nil
}

// fast takes records as long as they have the export's shape.
func (s *ionSource) fast() {
	b, i, _ := s.win.Whole()
	end := len(b) - ion.Slack
	first, taken := i, i
	for s.rows < s.pageRows {
		for i < end && ion.IsSpace(b[i]) {
			i++
		}
		if i+16 > end {
			break
		}
		if ion.Load8(b, i) == ivmWord && ion.IsSpace(b[i+8]) {
			i += 9
		}
		if b[i] != '{' || b[i+1] == '{' {
			break
		}
		if len(s.root.node.Ends) > 0 {
			break // a column that takes the whole record
		}
		next := s.fields(b, i+1, s.root)
		if next < 0 {
			s.depth = 0
			s.undo()
			break
		}
		for k, c := range s.cols {
			if c.Len() == s.rows && s.late[k] == nil {
				c.Null()
			}
		}
		s.rows++
		s.records++
		i = next
		taken = i
	}
	s.win.Advance(taken - first)
}

// fields takes the fields of the struct whose first field, or closing brace, is
// at b[i], and returns the offset behind it, or -1.
func (s *ionSource) fields(b []byte, i int, l *level) int {
	if b[i] == '}' {
		return i + 1
	}
	next := 0
	for {
		if i+8 > len(b) {
			return -1
		}
		w := ion.Load8(b, i)
		var t *target
		for k := next; k < len(l.guesses) && k < next+lookAhead; k++ {
			if g := &l.guesses[k]; (w^g.w)&g.m == 0 && (len(g.name) <= 8 || tail(b, i, g.name)) {
				t = &g.target
				next = k + 1
				i += len(g.name)
				break
			}
		}
		if t == nil {
			if i, t, next = s.lookup(b, i, l, next); i < 0 {
				return -1
			}
		}
		switch {
		case t.col >= 0:
			if l := s.late[t.col]; l != nil {
				l.at[s.rows] = lateAt(i, false)
				i = s.skip(b, i, t)
				break
			}
			c := s.cols[t.col]
			if c.Len() > s.rows {
				c.Truncate(s.rows) // a duplicate: the last one wins
			}
			i = c.Fast(b, i)
		case t.col == -1:
			i = s.skip(b, i, t)
		default:
			i = s.several(b, i, t)
		}
		if i < 0 {
			return -1
		}
		switch b[i] {
		case ',':
			i++
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

// tail compares what a guess's first 8 bytes leave over.
func tail(b []byte, i int, name string) bool {
	return i+len(name) <= len(b) && string(b[i+8:i+len(name)]) == name[8:]
}

// lookup finds the target of a field that was not guessed, and learns its name.
func (s *ionSource) lookup(b []byte, i int, l *level, next int) (value int, t *target, after int) {
	value = ion.SkipName(b, i)
	if value < 0 {
		return -1, nil, next
	}
	raw := b[i:value]
	if l.index != nil {
		if k, ok := l.index[string(raw)]; ok {
			return value, &l.guesses[k].target, k + 1
		}
	} else {
		for k := range l.guesses {
			if l.guesses[k].name == string(raw) {
				return value, &l.guesses[k].target, k + 1
			}
		}
	}
	s.other = target{col: -1}
	if l.node != nil {
		var buf []byte
		name, ok := ion.Text(raw[:len(raw)-1], &buf)
		if !ok {
			return -1, nil, next
		}
		s.other = s.targetOf(l.node.ByName(name))
	}
	if l.index != nil {
		return value, &s.other, next
	}
	g := guess{name: string(raw), target: s.other}
	var first [8]byte
	n := copy(first[:], raw)
	g.w = ion.Load8(first[:], 0)
	g.m = ^uint64(0) >> (64 - 8*uint(n))
	l.guesses = append(l.guesses, guess{})
	copy(l.guesses[next+1:], l.guesses[next:])
	l.guesses[next] = g
	if len(l.guesses) == maxGuesses {
		l.index = make(map[string]int, maxGuesses)
		for k := range l.guesses {
			l.index[l.guesses[k].name] = k
		}
	}
	return value, &l.guesses[next].target, next + 1
}

// skip passes over a value that no column needs, checking it. After a failure
// (-1) depth is left as it is: the record is given up.
func (s *ionSource) skip(b []byte, i int, t *target) int {
	if c := b[i]; c != '{' && c != '[' || s.depth >= maxSkipDepth || t == &s.other {
		return ion.Skip(b, i)
	}
	s.depth++
	switch {
	case b[i] == '[':
		if b[i+1] != '{' && b[i+1] != '[' {
			i = ion.Skip(b, i)
			break
		}
		for {
			if i = s.skip(b, i+1, t); i < 0 {
				return -1
			}
			if b[i] == ']' {
				i++
				break
			}
			if b[i] != ',' {
				return -1
			}
		}
	case b[i+1] == '{':
		i = ion.Skip(b, i)
	default:
		if t.inner == nil {
			if s.skipped >= maxLevels {
				i = ion.Skip(b, i)
				break
			}
			s.skipped++
			t.inner = &level{}
		}
		if t.inner.index != nil {
			i = ion.Skip(b, i)
			break
		}
		i = s.fields(b, i+1, t.inner)
	}
	s.depth--
	return i
}

func (s *ionSource) targetOf(n *projection.Node) target {
	switch {
	case n == nil:
		return target{col: -1}
	case len(n.Ends) == 1 && !n.Inner:
		return target{col: n.Ends[0]}
	}
	t := target{col: -2, node: n}
	if n.Inner {
		t.inner = s.level(n)
	}
	return t
}

// several takes a value that several columns need, or parts of which are needed.
func (s *ionSource) several(b []byte, i int, t *target) int {
	end := -1
	for _, k := range t.node.Ends {
		if l := s.late[k]; l != nil {
			l.at[s.rows] = lateAt(i, false)
			if end = ion.Skip(b, i); end < 0 {
				return -1
			}
			continue
		}
		c := s.cols[k]
		if c.Len() > s.rows {
			c.Truncate(s.rows)
		}
		if end = c.Fast(b, i); end < 0 {
			return -1
		}
	}
	if t.inner == nil {
		return end
	}
	if t.node.Complex {
		return -1
	}
	switch c := b[i]; {
	case c == '{' && b[i+1] != '{':
		return s.fields(b, i+1, t.inner)
	case c == '"', c == '-', c >= '0' && c <= '9', c == 't', c == 'f', c == 'n', c == '{':
		return ion.Skip(b, i) // nothing inside
	}
	return -1
}

// slow takes one record with the whole grammar. more is false at the end of the
// file. After an error nothing of the record is taken.
func (s *ionSource) slow() (more bool, err error) {
	b, v, more, err := s.delimit()
	if err != nil || !more {
		return more, err
	}
	if b == nil { // a version marker
		return true, nil
	}
	if err := s.record(b, v); err != nil {
		return false, err
	}
	s.rows++
	s.records++
	s.win.Advance(len(b))
	return true, nil
}

// record decodes a record that is known to be well-formed.
func (s *ionSource) record(b []byte, v ion.Value) error {
	clear(s.has)
	if n := s.tree.Record(b, v); n != nil {
		s.match(b, v, n, false)
	}
	_, start, base := s.win.Whole()
	for k, c := range s.cols {
		if l := s.late[k]; l != nil {
			if s.has[k] {
				l.at[s.rows] = lateAt(start+s.found[k].Ann, s.inSexp[k])
			}
			continue
		}
		if !s.has[k] {
			c.Null()
			continue
		}
		if err := c.Decode(b, s.found[k]); err != nil {
			err = s.valueErrorAt(err, b, base+int64(start), s.records+1, c)
			if s.soft != nil && s.soft[k] != nil {
				if c.Len() > s.rows {
					c.Truncate(s.rows)
				}
				c.Null()
				s.soft[k].rows = append(s.soft[k].rows, badRow{int32(s.rows), err})
				continue
			}
			s.undo()
			return err
		}
	}
	return nil
}

// match notes where the columns' values are. It goes no deeper than the longest
// path.
func (s *ionSource) match(b []byte, v ion.Value, n *projection.Node, sexp bool) (end int) {
	for _, k := range n.Ends {
		s.found[k], s.has[k], s.inSexp[k] = v, true, sexp // the last match wins
	}
	if !n.Inner || v.Null || !v.Kind.IsContainer() {
		return ion.SkipValue(b, v)
	}
	i := v.Start + 1
	for index := 0; ; index++ {
		var name []byte
		var at int
		var ok bool
		if v.Kind == ion.Struct {
			var tok ion.Span
			if tok, at, ok = ion.NextField(b, i); ok {
				var buf []byte
				name, _ = ion.Text(b[tok.Start:tok.End], &buf)
			}
		} else {
			at, ok = ion.NextItem(b, i)
		}
		if !ok {
			return at
		}
		val := ion.ValueAt(b, at, v.Kind == ion.Sexp)
		if to := n.Child(name, v.Kind == ion.Struct, index, b, val); to != nil {
			i = s.match(b, val, to, v.Kind == ion.Sexp)
		} else {
			i = ion.SkipValue(b, val)
		}
	}
}

// textLimit is how much of an offending value an error shows.
const textLimit = 80

// valueErrorAt puts a value that cannot be decoded into Athena's words, with its
// place. b begins at offset base of the stream.
func (s *ionSource) valueErrorAt(err error, b []byte, base, record int64, c *serde.Column) error {
	var bad *serde.Error
	if !errors.As(err, &bad) {
		return err
	}
	text := ion.AppendText(nil, b, bad.Value)
	if len(text) > textLimit {
		text = append(text[:textLimit], "..."...)
	}
	e := sqlerr.New(sqlerr.HiveBadData, "Error Parsing a column in the table: %s", bad.Msg)
	if bad.Hint != "" {
		e = e.WithHint("%s", bad.Hint)
	}
	return e.WithData(sqlerr.Data{
		File: s.file, Record: record, Offset: s.offset(base + int64(bad.Value.Start)), Path: c.Path,
		IonType: bad.Value.Kind.Word(), SQLType: bad.Type.String(), Text: string(text),
	})
}
