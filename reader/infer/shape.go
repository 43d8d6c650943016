// Package infer finds out what the records of a file hold: for every attribute
// which Ion types, how many digits, what nested structure. From that the catalog
// types a table that nobody declared.
//
// A Shape only counts and widens, so shapes of several files merge to the shape
// of all of them, whichever way the work was cut; the order of fields is that of
// first appearance, in the order in which files are merged.
package infer

import "strings"

// Shape is what was met at one place of the records.
type Shape struct {
	Present int64 // values, nulls included
	Nulls   int64 // null, and null of any type

	// Values by Ion type, without nulls. A DynamoDB set is counted as such, not
	// as a list.
	Bools, Ints, Floats, Decimals, Timestamps int64
	Symbols, Strings                          int64
	Lobs                                      int64 // blobs and clobs
	Lists, Sexps, Structs                     int64
	StringSets, NumberSets, BinarySets        int64

	// Of ints, decimals and finite floats, zeros that mean nothing stripped: the
	// most digits before the point, and the most behind it.
	IntDigits, Scale int
	// TooWide tells that some number by itself has more digits than any decimal
	// type holds exactly: over 38, the zeros up to the point counted.
	TooWide bool
	// IntOverflow tells that some Ion int is beyond 64 bits.
	IntOverflow bool

	// Elem is the shape of the elements of all lists, s-expressions and sets
	// together; nil where none had any.
	Elem *Shape
	// Fields are the fields of all structs together, in order of first appearance.
	Fields []*Field
	// Rest is the shape of the fields beyond the first MaxFields names; nil where
	// there were no more. Names are data then.
	Rest *Shape
	// Deep tells that values nest deeper than MaxDepth, and were not looked into.
	Deep bool

	byName map[string]int // index of Fields, once there are many
}

// Field is one field of a struct.
type Field struct {
	Name  string
	Shape Shape

	raw string // as last written, with its colon
}

// MaxFields bounds the names that are kept of one struct. DynamoDB's items have
// some dozen attributes; a map with ids for keys can have millions.
const MaxFields = 2000

// MaxDepth bounds how deep structure is followed; DynamoDB's limit is 32.
const MaxDepth = 64

// maxPrecision is the largest precision of a decimal type.
const maxPrecision = 38

// Schema is the shape of the records of one or more files.
type Schema struct {
	Records int64 // records, of whatever kind
	Bytes   int64 // of Ion text
	Root    Shape // the records themselves: of an export, structs with a field Item
}

// Item is the shape of what the records hold in their field Item, or nil where
// none has one: then the data is no full export.
func (s *Schema) Item() *Shape {
	if f := s.Root.Field("Item"); f != nil {
		return &f.Shape
	}
	return nil
}

// Field returns the field of exactly that name, or nil.
func (s *Shape) Field(name string) *Field {
	if i := s.find(name); i >= 0 {
		return s.Fields[i]
	}
	return nil
}

// NotNull is the number of values that are not null.
func (s *Shape) NotNull() int64 { return s.Present - s.Nulls }

// Numbers counts ints, decimals and floats.
func (s *Shape) Numbers() int64 { return s.Ints + s.Floats + s.Decimals }

// Texts counts strings and symbols.
func (s *Shape) Texts() int64 { return s.Strings + s.Symbols }

// Sequences counts lists, s-expressions and sets.
func (s *Shape) Sequences() int64 {
	return s.Lists + s.Sexps + s.StringSets + s.NumberSets + s.BinarySets
}

// Decimal returns the scale s for which decimal(38,s) holds every number of the
// shape exactly. ok is false where there is none.
func (s *Shape) Decimal() (scale int, ok bool) {
	return s.Scale, !s.TooWide && s.IntDigits+s.Scale <= maxPrecision
}

// Collisions lists the groups of field names that only differ in case, in order
// of first appearance: a table can have only one column for each group.
func (s *Shape) Collisions() [][]string {
	first := map[string]int{}
	groups := [][]string{}
	for _, f := range s.Fields {
		low := strings.ToLower(f.Name)
		if i, ok := first[low]; ok {
			groups[i] = append(groups[i], f.Name)
			continue
		}
		first[low] = len(groups)
		groups = append(groups, []string{f.Name})
	}
	out := groups[:0]
	for _, g := range groups {
		if len(g) > 1 {
			out = append(out, g)
		}
	}
	return out
}

func (s *Shape) find(name string) int {
	if s.byName != nil {
		if i, ok := s.byName[name]; ok {
			return i
		}
		return -1
	}
	for i, f := range s.Fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// field returns the place of the field of that name, which is added where it is
// new, or -1 where there are too many.
func (s *Shape) field(name string) int {
	i := s.find(name)
	if i >= 0 {
		return i
	}
	if len(s.Fields) >= MaxFields {
		return -1
	}
	i = len(s.Fields)
	s.Fields = append(s.Fields, &Field{Name: strings.Clone(name)})
	if s.byName != nil {
		s.byName[s.Fields[i].Name] = i
	} else if i == 32 { // from here on searching the list costs more than a map
		s.byName = map[string]int{}
		for k, f := range s.Fields {
			s.byName[f.Name] = k
		}
	}
	return i
}

// Merge adds what another file's records held. o is left alone.
func (s *Schema) Merge(o *Schema) {
	s.Records += o.Records
	s.Bytes += o.Bytes
	s.Root.Merge(&o.Root)
}

// Merge adds what was met elsewhere. Fields that are new come behind those that
// are known. o is left alone.
func (s *Shape) Merge(o *Shape) {
	s.Present += o.Present
	s.Nulls += o.Nulls
	s.Bools += o.Bools
	s.Ints += o.Ints
	s.Floats += o.Floats
	s.Decimals += o.Decimals
	s.Timestamps += o.Timestamps
	s.Symbols += o.Symbols
	s.Strings += o.Strings
	s.Lobs += o.Lobs
	s.Lists += o.Lists
	s.Sexps += o.Sexps
	s.Structs += o.Structs
	s.StringSets += o.StringSets
	s.NumberSets += o.NumberSets
	s.BinarySets += o.BinarySets
	s.IntDigits = max(s.IntDigits, o.IntDigits)
	s.Scale = max(s.Scale, o.Scale)
	s.TooWide = s.TooWide || o.TooWide
	s.IntOverflow = s.IntOverflow || o.IntOverflow
	s.Deep = s.Deep || o.Deep
	if o.Elem != nil {
		s.elem().Merge(o.Elem)
	}
	for _, f := range o.Fields {
		s.at(s.field(f.Name)).Merge(&f.Shape)
	}
	if o.Rest != nil {
		s.at(-1).Merge(o.Rest)
	}
}

func (s *Shape) elem() *Shape {
	if s.Elem == nil {
		s.Elem = &Shape{}
	}
	return s.Elem
}

// at returns the shape of field i, or of the rest.
func (s *Shape) at(i int) *Shape {
	if i >= 0 {
		return &s.Fields[i].Shape
	}
	if s.Rest == nil {
		s.Rest = &Shape{}
	}
	return s.Rest
}
