package reader

// Paths that matched nothing: what the data has in their place, where that
// differs only in case, or where records are changes and not items. The fast way has learned the names of fields anyway, so to
// look costs nothing while rows are read.

import (
	"fmt"
	"strings"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/projection"
)

// warnUnmatched warns of columns whose path no record of the file matched, though
// records have a field whose name differs in case. It is called at the file's end.
func (s *ionSource) warnUnmatched() {
	if s.opt.Warn == nil || s.records == 0 || len(s.root.guesses) == 0 {
		return
	}
	for k, p := range s.paths {
		if why := s.unmatched(p); why != "" {
			s.opt.Warn(fmt.Sprintf("column %s: a whole file has no value at %s: %s", s.cols[k].Name, p.Text, why))
		}
	}
}

// unmatched tells why a path matched nothing; "" where it did, or nobody can say.
func (s *ionSource) unmatched(p *projection.Path) string {
	l := s.root
	for i, c := range p.Components {
		if c.Kind != projection.Name || l == nil || l.index != nil {
			return "" // indexes, wildcards; a struct whose names are data
		}
		var next *level
		found := false
		near := ""
		for g := range l.guesses {
			raw := []byte(strings.TrimSuffix(l.guesses[g].name, ":"))
			var buf []byte
			text, ok := ion.Text(raw, &buf)
			if !ok {
				return ""
			}
			name := string(text)
			if name == c.Name || !s.props.CaseSensitive && strings.EqualFold(name, c.Name) {
				found, next = true, l.guesses[g].target.inner
				break
			}
			if near == "" && strings.EqualFold(name, c.Name) {
				near = name
			}
		}
		switch {
		case !found && i == 0 && c.Name == "Item" && has(l, "Record"):
			return "records have Record, not Item: the files are those of an incremental export"
		case !found && near == "":
			return ""
		case !found:
			return fmt.Sprintf("there is %s, which differs in case, and ion.path_extractor.case_sensitive is true", near)
		}
		l = next
		if len(p.Components) == i+1 {
			return ""
		}
	}
	return ""
}

func has(l *level, name string) bool {
	for g := range l.guesses {
		if l.guesses[g].name == name+":" {
			return true
		}
	}
	return false
}
