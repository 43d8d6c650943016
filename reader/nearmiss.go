package reader

// Paths that matched nothing: what the data has in their place, where that
// differs only in case, or where records are changes and not items. The fast way has learned the names of fields anyway, so to
// look costs nothing while rows are read.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/projection"
)

// warnUnmatched warns of columns whose path no record of the file matched, though
// records have a field whose name differs in case. It is called at the file's end.
func (s *ionSource) warnUnmatched() {
	if names, _ := s.shape.Fields(0); s.opt.Warn == nil || s.records == 0 || len(names) == 0 {
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
	place := 0
	for i, c := range p.Components {
		if c.Kind != projection.Name || place < 0 {
			return "" // indexes, wildcards
		}
		names, more := s.shape.Fields(place)
		if more {
			return "" // a struct whose names are data
		}
		found := false
		near := ""
		for _, raw := range names {
			var buf []byte
			text, ok := ion.Text([]byte(raw), &buf)
			if !ok {
				return ""
			}
			name := string(text)
			if name == c.Name || !s.props.CaseSensitive && strings.EqualFold(name, c.Name) {
				found = true
				t, _ := s.target(place, []byte(raw))
				place = t.Place
				break
			}
			if near == "" && strings.EqualFold(name, c.Name) {
				near = name
			}
		}
		switch {
		case !found && i == 0 && c.Name == "Item" && slices.Contains(names, "Record"):
			return "records have Record, not Item: the files are those of an incremental export"
		case !found && near == "":
			return ""
		case !found:
			return fmt.Sprintf("there is %s, which differs in case, and ion.path_extractor.case_sensitive is true", near)
		}
		if len(p.Components) == i+1 {
			return ""
		}
	}
	return ""
}
