// Package projection says where columns live in a record: path extractors,
// parsed and compiled with the needed columns to one match tree. What the tree
// does not lead to may be skipped.
//
// The grammar and the matching are those of the Ion team's path extraction
// library, as the Hive SerDe uses it (semantics 2.2).
package projection

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Path is a parsed path extractor.
type Path struct {
	Text        string
	Annotations []string // what the record's annotations must be; nil: anything
	Components  []Component
	// Doubt says why the path is probably not what its author meant; empty where
	// there is none.
	Doubt string
}

// Component is one step of a path.
type Component struct {
	Kind        ComponentKind
	Name        string
	Index       int
	Annotations []string // what the value's annotations must be; nil: anything
}

// ComponentKind tells the kinds of steps apart.
type ComponentKind uint8

// The kinds of steps.
const (
	Name     ComponentKind = iota // the field of that name
	Index                         // the child at that place, from 0
	Wildcard                      // any child
)

// escapeAnnotation before * makes it a name.
const escapeAnnotation = "$ion_extractor_field"

// Default is the path of a column without a path extractor.
func Default(column string) string { return "( " + column + " )" }

// Parse reads a path extractor: an s-expression or a list.
func Parse(expr string) (*Path, error) {
	b := []byte(expr)
	bad := func(format string, args ...any) error {
		return sqlerr.New(sqlerr.HiveInvalidMetadata, format, args...).WithHint("in path extractor %s", expr)
	}
	i, err := ion.SkipSpace(b, 0, true)
	if err != nil {
		return nil, bad("%s", err.Error())
	}
	if i >= len(b) {
		return nil, bad("ionPathExpression cannot be empty")
	}
	end, err := ion.Consume(b, i, true)
	if err != nil {
		return nil, bad("%s", err.Error())
	}
	b = b[:end]
	v := ion.ValueAt(b, i, false)
	if v.Kind != ion.Sexp && v.Kind != ion.List || v.Null {
		return nil, bad("ionPathExpression must be a s-expression or list")
	}
	p := &Path{Text: expr, Annotations: annotations(b, v)}
	for i = v.Start + 1; ; {
		at, ok := ion.NextItem(b, i)
		if !ok {
			return p, nil
		}
		c := ion.ValueAt(b, at, v.Kind == ion.Sexp)
		i = ion.SkipValue(b, c)
		step := Component{Annotations: annotations(b, c)}
		tok := b[c.Start:i]
		switch {
		case c.Null:
			return nil, bad("Invalid path component type: %s", c.Kind)
		case c.Kind == ion.Int:
			n, fits := ion.LowInt(tok)
			if !fits || n != int64(int32(n)) {
				return nil, bad("Invalid path component: %s is no index", tok)
			}
			step.Kind, step.Index = Index, int(n)
			if n < 0 {
				p.doubt("the index " + strconv.FormatInt(n, 10) + " never matches")
			}
		case c.Kind == ion.Symbol || c.Kind == ion.String:
			var buf []byte
			name, ok := ion.Text(tok, &buf)
			if !ok {
				return nil, bad("Invalid path component: %s has no text", tok)
			}
			step.Name = string(name)
			escaped := len(step.Annotations) > 0 && step.Annotations[0] == escapeAnnotation
			if escaped {
				if step.Annotations = step.Annotations[1:]; len(step.Annotations) == 0 {
					step.Annotations = nil
				}
			} else if step.Name == "*" {
				step.Kind = Wildcard
			}
			if step.Kind == Name && !escaped && c.Kind == ion.Symbol && strings.IndexByte("!#%&*+-./;<=>?@^`|~", tok[0]) >= 0 {
				p.doubt("the operator " + step.Name + " splits an unquoted name into several components")
			}
		default:
			return nil, bad("Invalid path component type: %s", c.Kind)
		}
		p.Components = append(p.Components, step)
	}
}

func (p *Path) doubt(why string) {
	if p.Doubt == "" {
		p.Doubt = why
	}
}

// String prints the path in canonical form: what messages show.
func (p *Path) String() string {
	var b strings.Builder
	b.WriteByte('(')
	for i, c := range p.Components {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch c.Kind {
		case Index:
			b.WriteString(strconv.Itoa(c.Index))
		case Wildcard:
			b.WriteByte('*')
		default:
			if c.Name == "*" {
				b.WriteString(escapeAnnotation + "::") // else it is a wildcard, quoted or not
			}
			b.Write(ion.AppendSymbolText(nil, c.Name))
		}
	}
	b.WriteByte(')')
	return b.String()
}

func annotations(b []byte, v ion.Value) []string {
	var list []string
	for i := v.Ann; ; {
		name, next, ok := ion.NextAnnotation(b, i, v)
		if !ok {
			return list
		}
		var buf []byte
		s, _ := ion.Text(b[name.Start:name.End], &buf)
		list = append(list, string(s))
		i = next
	}
}
