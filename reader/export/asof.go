// What a path holds of each table: the full export and the incremental ones that
// make its state at an instant.
//
// The state of a table at an instant T is the result of all writes before T. A
// full export is the state at its export time; an incremental export from F to T
// holds what was written from F on and before T. So a full export of E and
// windows from E to A, from A to B, ... give the state at A, at B, ...: at these
// instants and no others. Within a window the state cannot be had, even where no
// write in it is later than the instant: a key that was inserted before the
// instant and deleted after it, both within the window, leaves no trace.
//
// A window may begin before the one in front of it ends, since then everything
// about the time that both cover is known (package overlay has the rule), but not
// before the full export: of its items nobody knows when they were written.

package export

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Table is what a path holds of one table.
type Table struct {
	// Base is the full export to begin with; nil where there are only incremental
	// ones.
	Base *Export
	// Applied are the incremental exports that lead from Base to the instant, in
	// order.
	Applied []*Export
	// Changes are all incremental exports that end at the instant or before, in
	// the order of their windows; where there is no full export, all.
	Changes []*Export
	// At is the instant; zero where no manifest tells one.
	At time.Time
	// Notes are sentences for standard error.
	Notes []string
}

// Name is the table's name for SQL.
func (t *Table) Name() string {
	if t.Base != nil {
		return t.Base.TableName
	}
	return t.Changes[0].TableName
}

// Instant writes an instant as it can be given again.
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999Z") }

// OpenTables finds the tables that a path means, each in its state at the instant
// at, or, where that is zero, in the newest state that the exports there give. The
// newest table comes first; there is at least one.
//
// Errors are those of Open, and NOT_FOUND where the state at the instant cannot
// be had: they say what is missing, and which instants can be had.
func (opt Options) OpenTables(ctx context.Context, r *source.Resolver, name string, at time.Time) ([]*Table, error) {
	src, key, err := r.Resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := refuseArchive(name); err != nil {
		return nil, err
	}
	src = &listings{Source: src}
	stat, err := src.Stat(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case stat.Kind == source.Folder:
		if parent, base, ok := source.Parent(name); ok && base == sharedName {
			if psrc, pkey, err := r.Resolve(ctx, parent); err == nil {
				m, err := psrc.Stat(ctx, join(pkey, summaryName))
				switch {
				case err != nil:
				case m.Kind == source.File:
					src, key, name = &listings{Source: psrc}, pkey, parent
				case !opt.NoVerify:
					if err := unfinished(ctx, psrc, pkey, parent); err != nil {
						return nil, err
					}
				}
			}
		}
	default: // a file, or nothing
		all, err := opt.OpenAll(ctx, r, name)
		if err != nil {
			return nil, err
		}
		return withoutManifest(all, at)
	}
	s := search{ctx: ctx, src: src, top: key, name: name, opt: opt}
	if err := s.visit(key, 0); err != nil {
		return nil, err
	}
	// The data of a local incremental export lies beside the folder that was named.
	if len(s.done) == 1 && s.done[0].key == "" && s.done[0].sum.Incremental() && !source.IsURL(name) {
		if parent, base, ok := source.Parent(name); ok {
			psrc, pkey, err := r.Resolve(ctx, parent)
			if err != nil {
				return nil, err
			}
			s.src, s.top = &listings{Source: psrc}, join(pkey, base)
			s.done[0].key = s.top
		}
	}
	if len(s.done) == 0 {
		all, err := s.choose()
		if err != nil {
			return nil, err
		}
		return withoutManifest(all, at)
	}
	return s.tables(at)
}

// withoutManifest makes tables of data files that no manifest describes.
func withoutManifest(all []*Export, at time.Time) ([]*Table, error) {
	var out []*Table
	for _, ex := range all {
		if !at.IsZero() {
			return nil, sqlerr.New(sqlerr.NotFound, "No manifest tells which instant the data of %s shows, so its state as of %s cannot be had", ex.Name, Instant(at)).
				WithHint("name a folder with the table's full export and the incremental ones after it")
		}
		out = append(out, &Table{Base: ex, Notes: ex.Notes})
	}
	return out, nil
}

// history is what was found of one table. A table that was deleted and created
// again under its name is another table, with another id.
type history struct {
	s           *search
	table       string
	full        []found // newest first
	incremental []found // by window
}

func (s *search) histories() ([]*history, error) {
	type id struct{ arn, id string }
	byID := map[id]*history{}
	var out []*history
	for _, f := range s.done {
		k := id{f.sum.TableArn, f.sum.TableID}
		h := byID[k]
		if h == nil {
			h = &history{s: s, table: tableOf(f.sum.TableArn)}
			byID[k] = h
			out = append(out, h)
		}
		if !f.sum.Incremental() {
			h.full = append(h.full, f)
			continue
		}
		if err := checkWindow(s.src.Name(f.key), f.sum); err != nil {
			return nil, err
		}
		h.incremental = append(h.incremental, f)
	}
	for _, h := range out {
		slices.SortStableFunc(h.full, func(a, b found) int {
			return cmp.Or(b.sum.ExportTime.Compare(a.sum.ExportTime), byFormat(a.sum, b.sum), cmp.Compare(b.sum.ID(), a.sum.ID()), cmp.Compare(a.key, b.key))
		})
		slices.SortStableFunc(h.incremental, func(a, b found) int {
			return cmp.Or(a.sum.ExportToTime.Compare(b.sum.ExportToTime), a.sum.ExportFromTime.Compare(b.sum.ExportFromTime),
				cmp.Compare(a.sum.ID(), b.sum.ID()), cmp.Compare(a.key, b.key))
		})
	}
	return out, nil
}

// step is how an instant is reached from a full export: by which window, from
// which instant. Fewer overlaps are better, then fewer windows.
type step struct {
	from     time.Time
	window   int // in history.incremental; -1 at the full export
	overlaps int
	windows  int
}

// reach finds the instants whose state can be had from a full export.
func (h *history) reach(base found) map[int64]step {
	e := base.sum.ExportTime
	steps := map[int64]step{e.UnixNano(): {from: e, window: -1}}
	reached := []time.Time{e} // ascending: windows come by their ends
	for k, f := range h.incremental {
		from, to := f.sum.window()
		if from.Before(e) {
			continue
		}
		var best step
		found := false
		for _, r := range reached {
			if r.Before(from) || !r.Before(to) {
				continue
			}
			old := steps[r.UnixNano()]
			s := step{from: r, window: k, overlaps: old.overlaps, windows: old.windows + 1}
			if !r.Equal(from) {
				s.overlaps++
			}
			if !found || cmp.Or(cmp.Compare(s.overlaps, best.overlaps), cmp.Compare(s.windows, best.windows)) < 0 {
				best, found = s, true
			}
		}
		if !found {
			continue
		}
		old, known := steps[to.UnixNano()]
		if !known {
			reached = append(reached, to)
		}
		if !known || cmp.Or(cmp.Compare(best.overlaps, old.overlaps), cmp.Compare(best.windows, old.windows)) < 0 {
			steps[to.UnixNano()] = best
		}
	}
	return steps
}

// plan is the way to an instant.
type plan struct {
	h       *history
	base    found
	windows []found
	at      time.Time
}

// way walks back from an instant that was reached.
func (h *history) way(base found, steps map[int64]step, at time.Time) *plan {
	p := &plan{h: h, base: base, at: at}
	for t := at; ; {
		s := steps[t.UnixNano()]
		if s.window < 0 {
			break
		}
		p.windows = append(p.windows, h.incremental[s.window])
		t = s.from
	}
	slices.Reverse(p.windows)
	return p
}

// planAt finds the way to an instant, from the newest full export that has one.
func (h *history) planAt(at time.Time) *plan {
	for _, base := range h.full {
		if base.sum.ExportTime.After(at) {
			continue
		}
		steps := h.reach(base)
		if _, ok := steps[at.UnixNano()]; ok {
			return h.way(base, steps, at)
		}
	}
	return nil
}

// newest finds the way to the newest instant of all that can be had.
func (h *history) newest() *plan {
	var best *plan
	for _, base := range h.full {
		steps := h.reach(base)
		last := base.sum.ExportTime
		for n := range steps {
			if t := time.Unix(0, n); t.After(last) {
				last = t
			}
		}
		if best == nil || last.After(best.at) { // a newer full export is the better base
			best = h.way(base, steps, last)
		}
	}
	return best
}

// instants lists all instants that can be had, ascending.
func (h *history) instants() []time.Time {
	seen := map[int64]bool{}
	var out []time.Time
	for _, base := range h.full {
		for n := range h.reach(base) {
			if !seen[n] {
				seen[n] = true
				out = append(out, time.Unix(0, n).UTC())
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// tables makes a table of each history that is wanted.
func (s *search) tables(at time.Time) ([]*Table, error) {
	histories, err := s.histories()
	if err != nil {
		return nil, err
	}
	type choice struct {
		h     *history
		plan  *plan
		other []*history // of tables that were deleted and created again
	}
	byName := map[string]*choice{}
	var choices []*choice
	for _, h := range histories {
		var p *plan
		if at.IsZero() {
			p = h.newest()
		} else {
			p = h.planAt(at)
		}
		arn := h.any().sum.TableArn
		c := byName[arn]
		if c == nil {
			c = &choice{h: h, plan: p}
			byName[arn] = c
			choices = append(choices, c)
			continue
		}
		if better(h, p, c.h, c.plan) {
			c.other = append(c.other, c.h)
			c.h, c.plan = h, p
		} else {
			c.other = append(c.other, h)
		}
	}
	slices.SortStableFunc(choices, func(a, b *choice) int { return b.h.last().Compare(a.h.last()) })
	var out []*Table
	for _, c := range choices {
		if c.plan == nil && !at.IsZero() {
			return nil, c.h.unreachable(at)
		}
		t, err := c.h.open(c.plan, at)
		if err != nil {
			return nil, err
		}
		for _, h := range c.other {
			t.note("Passed over %s of another table %s (table id %s): it was deleted and created again", h.count(), h.table, h.any().sum.TableID)
		}
		out = append(out, t)
	}
	for _, key := range s.started {
		out[0].note("Passed over %s: that export has not completed", s.src.Name(key))
	}
	if stray := s.strays(); len(stray) > 0 {
		out[0].note("Not reading %s of %s that lie in no export, such as %s", count(len(stray), "data file"), s.name, stray[0].Name)
	}
	if s.tooLarge != "" {
		out[0].note("%s was not searched whole: too many or too deep folders, such as %s", s.name, s.src.Name(s.tooLarge))
	}
	return out, nil
}

// better says which of two tables of one name is the one that is meant: one with
// the state that is wanted, then the newer one.
func better(a *history, ap *plan, b *history, bp *plan) bool {
	if (ap != nil) != (bp != nil) {
		return ap != nil
	}
	if ap != nil {
		if n := ap.base.sum.ExportTime.Compare(bp.base.sum.ExportTime); n != 0 {
			return n > 0
		}
	}
	return a.last().After(b.last())
}

func (h *history) any() found {
	if len(h.full) > 0 {
		return h.full[0]
	}
	return h.incremental[0]
}

// last is the newest instant that any export of the history tells of.
func (h *history) last() time.Time {
	var t time.Time
	if len(h.full) > 0 {
		t = h.full[0].sum.ExportTime
	}
	if n := len(h.incremental); n > 0 && h.incremental[n-1].sum.ExportToTime.After(t) {
		t = h.incremental[n-1].sum.ExportToTime
	}
	return t
}

func (h *history) count() string { return count(len(h.full)+len(h.incremental), "export") }

func (t *Table) note(format string, args ...any) {
	var e Export
	e.note(format, args...)
	t.Notes = append(t.Notes, e.Notes...)
}

// open reads the manifests of the exports that make a table.
func (h *history) open(p *plan, at time.Time) (*Table, error) {
	s := h.s
	opened := map[string]*Export{}
	t := &Table{}
	get := func(f found) (*Export, error) {
		if ex := opened[f.key]; ex != nil {
			return ex, nil
		}
		name := s.src.Name(f.key)
		if f.key == s.top {
			name = s.name
		}
		ex, err := s.opt.openFolder(s.ctx, s.src, f.key, name)
		if err != nil {
			return nil, err
		}
		opened[f.key] = ex
		t.Notes = append(t.Notes, ex.Notes...)
		return ex, nil
	}
	var err error
	if p != nil {
		t.At = p.at
		if t.Base, err = get(p.base); err != nil {
			return nil, err
		}
		for _, f := range p.windows {
			ex, err := get(f)
			if e := sqlerr.As(err); e != nil && at.IsZero() && e.Code == sqlerr.ExportNotAsPromised {
				return nil, e.WithHint("%s", strings.TrimPrefix(e.Hint+"; the full export alone is the state as of "+Instant(p.base.sum.ExportTime), "; "))
			}
			if err != nil {
				return nil, err
			}
			t.Applied = append(t.Applied, ex)
		}
	}
	for _, f := range h.incremental {
		if !at.IsZero() && f.sum.ExportToTime.After(at) {
			continue
		}
		ex, err := get(f)
		if p != nil && sqlerr.CodeOf(err) == sqlerr.ExportNotAsPromised {
			// The table does without it; those that it needs were opened above.
			t.note("Passed over incremental export %s: %s", f.sum.ID(), sqlerr.As(err).Msg)
			continue
		}
		if err != nil {
			return nil, err
		}
		t.Changes = append(t.Changes, ex)
	}
	h.notes(t, p, at)
	return t, nil
}

// notes say which exports were used, where the path did not name one of them.
func (h *history) notes(t *Table, p *plan, at time.Time) {
	if p == nil {
		if len(h.incremental) > 1 || h.incremental[0].key != h.s.top {
			t.note("There is no full export of table %s in %s, only its changes: %s from %s to %s", h.table, h.s.name,
				count(len(h.incremental), "incremental export"), Instant(h.incremental[0].sum.ExportFromTime), Instant(h.last()))
		}
		return
	}
	id := p.base.sum.ID()
	switch {
	case len(p.windows) > 0:
		var ids []string
		for k, f := range p.windows {
			if k == 3 && len(p.windows) > 5 {
				ids = append(ids, "...")
			}
			if k < 3 || k >= len(p.windows)-1 || len(p.windows) <= 5 {
				ids = append(ids, f.sum.ID())
			}
		}
		t.note("Reading table %s as of %s: full export %s, taken at %s, and %s after it (%s)", h.table, Instant(p.at), id,
			stamp(p.base.sum.ExportTime), count(len(p.windows), "incremental export"), strings.Join(ids, ", "))
	case p.base.key == h.s.top:
	case len(h.full) > 1:
		t.note("Reading export %s of table %s, taken at %s, the newest of %d in %s", id, h.table, stamp(p.base.sum.ExportTime), len(h.full), h.s.name)
		if !at.IsZero() {
			t.Notes[len(t.Notes)-1] = strings.Replace(t.Notes[len(t.Notes)-1], "the newest of", "one of", 1)
		}
	default:
		t.note("Reading export %s of table %s, taken at %s", id, h.table, stamp(p.base.sum.ExportTime))
	}
	if !at.IsZero() {
		return
	}
	for _, f := range h.incremental {
		if f.sum.ExportToTime.After(p.at) {
			t.note("Passed over later changes of table %s, up to %s: %s", h.table, Instant(h.last()), h.missing(p.at, h.last()))
			break
		}
	}
}

// missing says why the state at an instant cannot be had though that at an
// earlier one can.
func (h *history) missing(from, at time.Time) string {
	var next *Summary // the window that begins first of those after from
	for _, f := range h.incremental {
		wf, wt := f.sum.window()
		if wf.Before(at) && at.Before(wt) && !at.Equal(from) && !wf.After(from) {
			return "that lies within the window of incremental export " + f.sum.ID() + ", from " + Instant(wf) + " to " + Instant(wt) +
				", which only tells the last state of each key in it"
		}
		if wt.After(from) && wf.After(from) && wf.Before(at) && (next == nil || wf.Before(next.ExportFromTime)) {
			next = f.sum
		}
	}
	if next != nil {
		return "no export there covers the time from " + Instant(from) + " to " + Instant(next.ExportFromTime) +
			", where the window of incremental export " + next.ID() + " begins"
	}
	for _, f := range h.incremental {
		if wf, wt := f.sum.window(); wf.Before(from) && wt.After(from) {
			return "incremental export " + f.sum.ID() + " begins at " + Instant(wf) + ", before the full export of " + Instant(from) +
				", and does not tell which of its keys were inserted before that and deleted after it"
		}
	}
	return "no export there covers the time from " + Instant(from) + " to " + Instant(at)
}

// unreachable is the error where the state at an instant cannot be had.
func (h *history) unreachable(at time.Time) error {
	fail := func(why string) *sqlerr.Error {
		return sqlerr.New(sqlerr.NotFound, "The state of table %s as of %s cannot be had from %s: %s", h.table, Instant(at), h.s.name, why)
	}
	if len(h.full) == 0 {
		return fail("there is no full export of it, only incremental ones").
			WithHint("name a folder with the table's full export and the incremental ones after it")
	}
	var base found
	ok := false
	for _, f := range h.full { // newest first
		if !f.sum.ExportTime.After(at) {
			base, ok = f, true
			break
		}
	}
	var e *sqlerr.Error
	if !ok {
		e = fail("the first full export there was taken at " + Instant(h.full[len(h.full)-1].sum.ExportTime))
	} else {
		last := base.sum.ExportTime
		for n := range h.reach(base) {
			if t := time.Unix(0, n); t.After(last) && !t.After(at) {
				last = t
			}
		}
		e = fail(h.missing(last, at))
	}
	return e.WithHint("the instants that can be had are %s", nearest(h.instants(), at))
}

// nearest lists instants, of many the ones around at.
func nearest(all []time.Time, at time.Time) string {
	const most = 6
	from := 0
	if len(all) > most {
		k, _ := slices.BinarySearchFunc(all, at, time.Time.Compare)
		from = min(max(0, k-most/2), len(all)-most)
	}
	part := all[from:min(len(all), from+most)]
	var b strings.Builder
	for k, t := range part {
		if k > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Instant(t))
	}
	if n := len(all) - len(part); n > 0 {
		b.WriteString(" and " + count(n, "other") + " from " + Instant(all[0]) + " to " + Instant(all[len(all)-1]))
	}
	return b.String()
}
