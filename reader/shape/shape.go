// Package shape passes over records that look like those before them, as an
// export's do: it checks every byte, and notes where the values of columns lie.
//
// What it knows of the records is a tree of levels, one for each struct at one
// place of them, each a list of the fields met there, in order. The field after
// the one at hand is probably the next of the list, or, since fields may be
// absent, one of the few behind it: one comparison takes a name whole, and needs
// no scanning and no look-up.
//
// The loop that does so (run.go) is a state machine with a stack of its own. It
// knows the export's spelling of Ion: compact, without comments. Whatever else
// it meets it hands to Scan, which learns a name, asks package ion to skip a
// value, or gives the record up. So the loop decides no hard case. It exists
// twice, in Go and in assembly (run_amd64.s), and the two agree in every bit of
// a Scanner, which a fuzz test checks.
package shape

import (
	"bytes"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/ion"
)

// Target is what a field's value is wanted for.
type Target struct {
	// Columns are those that the value belongs to.
	Columns []int
	// Place names the value among the structs in which something is wanted; it is
	// given back to the resolver with the names of its fields. -1 where nothing is
	// wanted inside.
	Place int
}

// Resolver tells what the field of a name is wanted for, in the struct called
// place. The name is as written, without its colon. ok is false where nobody can
// say: the record is then given up.
type Resolver func(place int, name []byte) (t Target, ok bool)

// Bounds of what is remembered.
const (
	// maxFields bounds a level's list. Where names are data (maps with ids for keys)
	// no list helps; names beyond it are looked up one by one.
	maxFields = 256
	// maxLevels bounds the levels of structs in which nothing is wanted.
	maxLevels = 1000
	// lookAhead is how many names are compared: fields may be absent.
	lookAhead = 4
	// maxDepth is how deep values may nest. DynamoDB stops at 32.
	maxDepth = 64
	// nameLen is how much of a name is compared by the loop.
	nameLen = 32
)

// Values of step.column that name no single column. Others below them are the
// number of a list of columns.
const (
	noColumn = -1
	firstSet = -2
)

// Values of step.inner that name no level.
const (
	unknown = 0 // the root, which is inside of nothing
	opaque  = -1
)

// step is a field of a level.
type step struct {
	name   [nameLen / 8]uint64 // as written, with its colon, and zeros behind it
	mask   uint32              // a bit for every byte of name that counts
	size   uint32              // of the name, with its colon; may be more than nameLen
	column int32               // whose value the field's is
	inner  int32               // level of the structs in the value
	picky  uint32              // 1: something inside may be wanted, so a list cannot be skipped
	_      [3]uint32           // makes it 64 bytes
}

// level is a struct at one place.
type level struct {
	steps []step
	names []string // of the steps, whole
	index map[string]int
	place int
}

// Scanner passes over records. Its memory is of the shape and of one page.
type Scanner struct {
	b    []byte
	i    int
	last int // offset behind the data in b; ion.Slack zeros follow
	row  int // rows so far
	rows int // rows wanted

	starts []int32 // of every row, where it begins
	at     []int32 // of every row, where the column's value begins; column by column
	till   []int32 // where it ends

	levels []level

	// The state between runs of the loop.
	state   int
	level   int // of the struct at hand
	next    int // number of the step behind the one at hand
	list    int // 1 where the value at hand is an item of a list
	depth   int // of the stack
	start   int // of the record
	from    int // of the string at hand
	high    int // not zero: the string has bytes that are not ASCII
	escaped int // 1: the string has escape sequences
	stack   [maxDepth]uint64

	pageRows int // of at, till, starts
	columns  int
	resolve  Resolver
	places   []int // level of each place
	skipped  int   // levels of structs in which nothing is wanted
	sets     [][]int
	used     int // rows of at that are not all -1
}

// New returns a Scanner for pages of up to pageRows rows. The records' own fields
// are those of place 0.
func New(columns, pageRows int, resolve Resolver) *Scanner {
	s := &Scanner{pageRows: pageRows, columns: columns, resolve: resolve}
	s.starts = make([]int32, pageRows)
	s.at = make([]int32, columns*pageRows)
	s.till = make([]int32, columns*pageRows)
	for i := range s.at {
		s.at[i] = -1
	}
	s.levels = []level{{place: 0}}
	s.places = []int{0}
	return s
}

// Begin forgets the rows.
func (s *Scanner) Begin() {
	for c := range s.columns {
		a := s.at[c*s.pageRows:]
		a = a[:min(s.used, len(a))]
		for k := range a {
			a[k] = -1
		}
	}
	s.row, s.used = 0, 0
}

// Why tells why Scan stopped.
type Why int

// The reasons.
const (
	Full       Why = iota // there are as many rows as were asked for
	End                   // no record begins in what is left
	Incomplete            // the record at hand goes on behind the data, as far as can be told
	GaveUp                // the record is not in the export's shape, or malformed
)

// Scan takes records from b[i:], the end of which are ion.Slack zeros, until there
// are rows of them. next is the offset behind the last one it took.
func (s *Scanner) Scan(b []byte, i, rows int) (next int, why Why) {
	return s.scan(b, i, rows, (*Scanner).run)
}

func (s *Scanner) scan(b []byte, i, rows int, run func(*Scanner) int) (next int, why Why) {
	s.b, s.i, s.last, s.rows = b, i, len(b)-ion.Slack, rows
	s.state, s.depth = atRecord, 0
	defer func() { s.used = max(s.used, s.row) }()
	for {
		switch run(s) {
		case full:
			return s.i, Full
		case end:
			return s.i, End
		case fieldName:
			if s.lookup() {
				continue
			}
		case newLevel:
			if s.enter() {
				continue
			}
		case skipValue:
			if s.skip() {
				continue
			}
		case checkText:
			if utf8.Valid(b[s.from+1 : s.i-1]) {
				s.state = afterValue
				continue
			}
		case escape:
			if n, ok := ion.Escape(b, s.i); ok {
				s.i += n
				s.escaped = 1
				s.state = inString
				continue
			}
		case setBegin:
			for _, c := range s.set() {
				s.at[c*s.pageRows+s.row] = int32(s.i << 1)
			}
			s.state = atValue
			continue
		case setEnd:
			for _, c := range s.set() {
				s.till[c*s.pageRows+s.row] = int32(s.i<<1 | s.escaped)
			}
			s.state = behindValue
			continue
		case gaveUp:
		}
		s.Forget()
		if s.cut() {
			return s.start, Incomplete
		}
		return s.start, GaveUp
	}
}

// cut reports whether the record that was given up probably goes on behind the
// data: no line ends in it. Where records do not end lines it is soon long enough
// for the answer to be no.
func (s *Scanner) cut() bool {
	const most = 64 << 10
	rest := s.b[s.start:s.last]
	return len(rest) <= min(most, len(s.b)/4) && bytes.IndexByte(rest, '\n') < 0
}

// Rows returns the number of rows so far.
func (s *Scanner) Rows() int { return s.row }

// Starts tells where rows begin, up to white space and version markers.
func (s *Scanner) Starts() []int32 { return s.starts[:s.row] }

// Column tells where the values of column c lie. at has twice the offset, plus
// one for an item of an s-expression, or -1 where there is none; till has twice
// the offset behind the value, plus one for a string with escape sequences, or
// -1 where it is not known. What till says of rows without a value is
// meaningless.
func (s *Scanner) Column(c int) (at, till []int32) {
	from := c * s.pageRows
	return s.at[from : from+s.row], s.till[from : from+s.row]
}

// Add adds a row that begins at start and of which nothing is known.
func (s *Scanner) Add(start int) {
	s.starts[s.row] = int32(start)
	s.row++
	s.used = max(s.used, s.row)
}

// Put says where the value of column c in the row that Add will add lies.
func (s *Scanner) Put(c, offset int, sexp bool) {
	at := int32(offset << 1)
	if sexp {
		at |= 1
	}
	k := c*s.pageRows + s.row
	s.at[k], s.till[k] = at, -1
	s.used = max(s.used, s.row+1)
}

// Forget forgets what was noted of the row that has not been added.
func (s *Scanner) Forget() {
	if s.row < s.pageRows {
		for c := range s.columns {
			s.at[c*s.pageRows+s.row] = -1
		}
	}
}

// Truncate forgets the rows from n on.
func (s *Scanner) Truncate(n int) { s.row = min(s.row, n) }

func (s *Scanner) set() []int {
	return s.sets[firstSet-int(s.levels[s.level].steps[s.next-1].column)]
}

// lookup finds the step of a name that was not guessed, and learns it.
func (s *Scanner) lookup() bool {
	b, i := s.b, s.i
	l := &s.levels[s.level]
	value := ion.SkipName(b, i)
	if value < 0 {
		return false
	}
	raw := b[i:value]
	s.i, s.state = value, beginValue
	if l.index != nil {
		if k, ok := l.index[string(raw)]; ok {
			s.next = k + 1
			return true
		}
	} else {
		for k := range l.names {
			if l.names[k] == string(raw) {
				s.next = k + 1
				return true
			}
		}
	}
	st := step{column: noColumn, size: uint32(len(raw)), inner: unknown}
	if l.place >= 0 {
		t, ok := s.resolve(l.place, raw[:len(raw)-1])
		if !ok {
			return false
		}
		switch len(t.Columns) {
		case 0:
		case 1:
			st.column = int32(t.Columns[0])
		default:
			st.column = s.columnSet(t.Columns)
		}
		if t.Place >= 0 {
			st.picky = 1
			st.inner = int32(s.levelOf(t.Place))
			l = &s.levels[s.level]
		}
	}
	var name [nameLen]byte
	copy(name[:], raw)
	for k := range st.name {
		st.name[k] = ion.Load8(name[:], 8*k)
	}
	st.mask = uint32(1<<min(len(raw), nameLen) - 1)
	if l.index != nil { // the last step is a place for those that are not remembered
		if st.inner == unknown {
			st.inner = opaque
		}
		l.steps[maxFields], s.next = st, maxFields+1
		l.names[maxFields] = string(raw)
		return true
	}
	k := min(s.next, len(l.steps))
	l.steps = append(l.steps, step{})
	copy(l.steps[k+1:], l.steps[k:])
	l.steps[k] = st
	l.names = append(l.names, "")
	copy(l.names[k+1:], l.names[k:])
	l.names[k] = string(raw)
	s.next = k + 1
	if len(l.steps) == maxFields {
		if l.place < 0 && s.depth > 0 { // whoever leads here shall not again
			f := frame(s.stack[s.depth-1])
			s.levels[f.level()].steps[f.next()-1].inner = opaque
		}
		l.index = make(map[string]int, maxFields)
		for k, name := range l.names {
			l.index[name] = k
		}
		l.steps = append(l.steps, l.steps[0])
		l.names = append(l.names, l.names[0])
	}
	return true
}

// columnSet returns the number of a list of columns, as a step has it.
func (s *Scanner) columnSet(columns []int) int32 {
	s.sets = append(s.sets, columns)
	return int32(firstSet - (len(s.sets) - 1))
}

// levelOf returns the level of a place.
func (s *Scanner) levelOf(place int) int {
	for len(s.places) <= place {
		s.places = append(s.places, 0)
	}
	if s.places[place] == 0 {
		s.places[place] = len(s.levels)
		s.levels = append(s.levels, level{place: place})
	}
	return s.places[place]
}

// enter makes the level of a struct in which nothing is wanted, or lets it be
// skipped.
func (s *Scanner) enter() bool {
	st := &s.levels[s.level].steps[s.next-1]
	if st.inner == unknown && s.skipped < maxLevels {
		s.skipped++
		st.inner = int32(len(s.levels))
		s.levels = append(s.levels, level{place: -1})
	}
	if st.inner > 0 && (s.levels[st.inner].index == nil || s.levels[st.inner].place >= 0) {
		s.state = atValue
		return true
	}
	st.inner = opaque
	return s.skip()
}

// skip skips a value that the loop does not know.
func (s *Scanner) skip() bool {
	if s.levels[s.level].steps[s.next-1].picky != 0 && s.b[s.i] != '"' && !isNumber(s.b[s.i]) && !bytes.HasPrefix(s.b[s.i:], []byte("{{")) {
		return false
	}
	end := ion.Skip(s.b, s.i)
	if end < 0 {
		return false
	}
	s.i, s.state = end, afterValue
	return true
}

func isNumber(c byte) bool { return c == '-' || c-'0' <= 9 }

// Fields lists the names of the fields that the struct at a place has had, as
// written. more tells that there were too many to remember.
func (s *Scanner) Fields(place int) (names []string, more bool) {
	if place >= len(s.places) || place > 0 && s.places[place] == 0 {
		return nil, false
	}
	l := &s.levels[s.places[place]]
	for _, n := range l.names {
		names = append(names, n[:len(n)-1])
	}
	return names, l.index != nil
}
