package analyze

// Scopes: which names an expression may use, and what they are in the plan.
// Rules are those of Trino's Scope, RelationType and Field.

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// field is a column that a scope offers.
type field struct {
	name   string   // as declared or written; empty for an expression without a name
	rel    []string // the relation's alias, or catalog, database, table; lower case; nil without
	typ    types.Type
	hidden bool // "$path" and its like: not in *
	expr   plan.Expr
}

// matches reports whether the qualified name (lower case) means f.
func (f *field) matches(name []string) bool {
	last := len(name) - 1
	return f.name != "" && strings.EqualFold(f.name, name[last]) && hasSuffix(f.rel, name[:last])
}

// hasSuffix reports whether a relation called rel may be called prefix, too.
func hasSuffix(rel, prefix []string) bool {
	if len(prefix) > len(rel) {
		return false
	}
	for i, p := range prefix {
		if rel[len(rel)-len(prefix)+i] != p {
			return false
		}
	}
	return true
}

// spell names the field that * made c of, as Trino does.
func (s *scope) spell(c *plan.Col) string {
	for i, f := range s.fields {
		switch {
		case !plan.Equal(f.expr, c):
		case f.name == "":
			return strconv.Itoa(i + 1)
		case len(f.rel) > 0:
			return "'" + f.rel[len(f.rel)-1] + "." + f.name + "'"
		default:
			return "'" + f.name + "'"
		}
	}
	return "'" + c.Name + "'"
}

// scope is a set of fields and the scope around it.
type scope struct {
	fields []field
	parent *scope
	// frame is set where parent belongs to the query around this one: what is
	// found there is a correlated reference.
	frame *frame
	// lambda tells that the fields are a lambda's parameters.
	lambda bool
}

// frame is a subquery while it is analyzed: its number, and the columns of the
// query around it that it uses.
type frame struct {
	id   int
	refs []ref
}

// ref is a correlated column: an expression over the source of the query around.
type ref struct {
	expr plan.Expr
	node syntax.Expr // where it stands, for messages
}

// outer returns the expression that stands for e, of the query around, inside
// the subquery.
func (f *frame) outer(e plan.Expr, name string, at syntax.Expr) plan.Expr {
	for i, r := range f.refs {
		if plan.Equal(r.expr, e) {
			return &plan.Outer{Base: plan.Base{T: e.Type(), P: at.Pos()}, Apply: f.id, Index: i, Name: name}
		}
	}
	f.refs = append(f.refs, ref{e, at})
	return &plan.Outer{Base: plan.Base{T: e.Type(), P: at.Pos()}, Apply: f.id, Index: len(f.refs) - 1, Name: name}
}

// resolved is what a name means.
type resolved struct {
	expr  plan.Expr
	field *field
	local bool // of this query, not of one around it
}

// resolve looks a qualified name (lower case) up; nil where nothing has it, an
// error where several have. A scope in which the name begins with a column (of a
// row type, presumably) ends the search: the rest are fields of the row.
func (s *scope) resolve(name []string, at syntax.Expr) (*resolved, error) {
	var frames []*frame
	for ; s != nil; s = s.parent {
		var found *field
		for i := range s.fields {
			f := &s.fields[i]
			if !f.matches(name) {
				continue
			}
			if found != nil {
				return nil, sqlerr.Newf(sqlerr.AmbiguousName, at.Pos(), "Column '%s' is ambiguous", strings.Join(name, "."))
			}
			found = f
		}
		if found != nil {
			return through(frames, found, at), nil
		}
		if s.beginsWithColumn(name) {
			return nil, nil
		}
		if s.frame != nil {
			frames = append(frames, s.frame)
		}
	}
	return nil, nil
}

// through makes the reference to f, found beyond the given subqueries.
func through(frames []*frame, f *field, at syntax.Expr) *resolved {
	e := repositioned(f.expr, at.Pos())
	if n := len(frames); n > 0 {
		return &resolved{frames[n-1].outer(e, f.name, at), f, false}
	}
	return &resolved{e, f, true}
}

func repositioned(e plan.Expr, p sqlerr.Pos) plan.Expr {
	switch x := e.(type) {
	case *plan.Col:
		c := *x
		c.P = p
		return &c
	case *plan.Var:
		c := *x
		c.P = p
		return &c
	}
	return e
}

func (s *scope) beginsWithColumn(name []string) bool {
	for n := len(name) - 1; n > 0; n-- {
		for i := range s.fields {
			if s.fields[i].matches(name[:n]) {
				return true
			}
		}
	}
	return false
}

// isColumn reports whether name, or a beginning of it of at least so many parts, is a
// column here or around.
func (s *scope) isColumn(name []string, least int) bool {
	for ; s != nil; s = s.parent {
		for n := len(name); n >= least; n-- {
			for i := range s.fields {
				if s.fields[i].matches(name[:n]) {
					return true
				}
			}
		}
	}
	return false
}

// names lists the columns in reach, for suggestions.
func (s *scope) names() []string {
	var out []string
	for ; s != nil; s = s.parent {
		for _, f := range s.fields {
			if f.name != "" && !f.hidden {
				out = append(out, strings.ToLower(f.name))
			}
		}
	}
	return out
}

// qualified returns the parts of a.b.c in lower case, nil where e is no chain of
// names.
func qualified(e syntax.Expr) []string {
	switch x := e.(type) {
	case *syntax.Identifier:
		return []string{strings.ToLower(x.Value)}
	case *syntax.Dereference:
		if base := qualified(x.Expr); base != nil {
			return append(base, strings.ToLower(x.Field.Value))
		}
	}
	return nil
}

// notFound is Athena's error for a column that is not there.
func (s *scope) notFound(name []string, at syntax.Expr) error {
	err := sqlerr.Newf(sqlerr.ColumnNotFound, at.Pos(), "Column '%s' cannot be resolved or requester is not authorized to access requested resources", strings.Join(name, "."))
	if near := sqlerr.Nearest(name[len(name)-1], s.names()); near != "" {
		err.Hint = "did you mean " + near + "?"
	}
	return err
}
