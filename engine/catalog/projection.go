package catalog

// Partition projection: partitions that table properties describe and no catalog
// lists (Athena user guide: "Setting up partition projection", "Supported types
// for partition projection").

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// MaxPartitions bounds what a projection may yield for one query.
const MaxPartitions = 1_000_000

// Projection is the partition projection of a table.
type Projection struct {
	table    *Table
	template string // storage.location.template, or empty
	columns  []projected
}

// projected is the projection of one column.
type projected struct {
	column   string
	injected bool
	values   func() ([]string, error)
}

// TblProperty returns the value of a table property, and whether it is there.
func (t *Table) TblProperty(key string) (string, bool) {
	for _, p := range t.TblProperties {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// Projected reports whether the table's partitions are projected.
func (t *Table) Projected() bool {
	v, _ := t.TblProperty("projection.enabled")
	return len(t.Partitions) > 0 && strings.EqualFold(strings.TrimSpace(v), "true")
}

// Projection reads the properties that describe the partitions at an instant.
func (t *Table) Projection(now time.Time) (*Projection, error) {
	p := &Projection{table: t}
	name := t.Database + "." + t.Name
	var missing []string
	for _, c := range t.Partitions {
		if _, ok := t.TblProperty("projection." + c.Name + ".type"); !ok {
			missing = append(missing, c.Name)
		}
	}
	if missing != nil {
		return nil, sqlerr.New(sqlerr.HiveMetastoreError,
			"Table %s is configured for partition projection, but the following partition columns are missing projection configuration: [%s] (table %s)",
			name, strings.Join(missing, ", "), name)
	}
	for _, c := range t.Partitions {
		x, err := t.projected(c, now)
		if err != nil {
			return nil, err
		}
		p.columns = append(p.columns, x)
	}
	if tpl, ok := t.TblProperty("storage.location.template"); ok {
		for _, c := range t.Partitions {
			if !strings.Contains(tpl, "${"+c.Name+"}") {
				return nil, t.projectionError(c.Name, "storage.location.template has no ${"+c.Name+"}")
			}
		}
		if !strings.HasSuffix(tpl, "/") {
			tpl += "/"
		}
		p.template = tpl
	}
	return p, nil
}

func (t *Table) projectionError(column, what string) error {
	return sqlerr.New(sqlerr.HiveMetastoreError, "Invalid projection configuration for column %s: %s (table %s.%s)", column, what, t.Database, t.Name)
}

// Injected reports whether values of column k come from the query alone.
func (p *Projection) Injected(k int) bool { return p.columns[k].injected }

// Values lists the values of column k, which is not injected.
func (p *Projection) Values(k int) ([]string, error) { return p.columns[k].values() }

// Partition makes the partition of these values.
func (p *Projection) Partition(values []string) Partition {
	if p.template == "" {
		return Partition{Values: values, Location: p.table.PartitionPlace(values)}
	}
	var pairs []string
	for i, c := range p.table.Partitions {
		pairs = append(pairs, "${"+c.Name+"}", values[i])
	}
	return Partition{Values: values, Location: strings.NewReplacer(pairs...).Replace(p.template)}
}

// projected reads the properties of one column.
func (t *Table) projected(c Column, now time.Time) (projected, error) {
	x := projected{column: c.Name}
	bad := func(format string, args ...any) error { return t.projectionError(c.Name, fmt.Sprintf(format, args...)) }
	prop := func(key string) (string, bool) { return t.TblProperty("projection." + c.Name + "." + key) }
	required := func(key string) (string, error) {
		v, ok := prop(key)
		if !ok {
			return "", bad("projection.%s.%s is missing", c.Name, key)
		}
		return v, nil
	}
	positive := func(key string, unless int64) (int64, error) {
		v, ok := prop(key)
		if !ok {
			return unless, nil
		}
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil || n < 1 {
			return 0, bad("projection.%s.%s is not a positive integer: %s", c.Name, key, v)
		}
		return n, nil
	}
	kind, _ := prop("type")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "injected":
		x.injected = true
	case "enum":
		v, err := required("values")
		if err != nil {
			return x, err
		}
		list := strings.Split(v, ",") // blanks are part of the values
		x.values = func() ([]string, error) { return list, nil }
	case "integer":
		v, err := required("range")
		if err != nil {
			return x, err
		}
		lo, hi, ok := strings.Cut(v, ",")
		from, err1 := strconv.ParseInt(strings.TrimSpace(lo), 10, 64)
		to, err2 := strconv.ParseInt(strings.TrimSpace(hi), 10, 64)
		if !ok || err1 != nil || err2 != nil || from > to {
			return x, bad("projection.%s.range is not two integers in ascending order: %s", c.Name, v)
		}
		step, err := positive("interval", 1)
		if err != nil {
			return x, err
		}
		digits, err := positive("digits", 0)
		if err != nil {
			return x, err
		}
		if digits > 100 {
			return x, bad("projection.%s.digits is too large: %d", c.Name, digits)
		}
		x.values = func() ([]string, error) {
			if uint64(to-from)/uint64(step) >= MaxPartitions {
				return nil, t.tooMany(c.Name)
			}
			var list []string
			for n := from; ; n += step {
				if digits > 0 {
					list = append(list, fmt.Sprintf("%0*d", digits, n))
				} else {
					list = append(list, strconv.FormatInt(n, 10))
				}
				if to-n < step {
					return list, nil
				}
			}
		}
	case "date":
		values, err := t.dates(c, now, required, prop, positive)
		if err != nil {
			return x, err
		}
		x.values = values
	default:
		return x, bad("projection.%s.type is none of enum, integer, date, injected: %s", c.Name, kind)
	}
	return x, nil
}

func (t *Table) tooMany(column string) error {
	return sqlerr.New(sqlerr.NotSupported, "The projection of %s in table %s.%s yields more than %d partitions", column, t.Database, t.Name, MaxPartitions)
}

var utc types.Zone // the zero Zone

// nowPattern is the form of a relative date, as the user guide gives it.
var nowPattern = regexp.MustCompile(`^\s*NOW\s*(?:([+-])\s*([0-9]+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?\s*)?$`)

// dates projects a column of dates: from one date to another, both included, by a
// step.
func (t *Table) dates(c Column, now time.Time, required func(string) (string, error), prop func(string) (string, bool),
	positive func(string, int64) (int64, error),
) (func() ([]string, error), error) {
	bad := func(format string, args ...any) error { return t.projectionError(c.Name, fmt.Sprintf(format, args...)) }
	pattern, err := required("format")
	if err != nil {
		return nil, err
	}
	span, err := required("range")
	if err != nil {
		return nil, err
	}
	format, err := types.CompilePattern(pattern, now.UTC().Year())
	if err != nil {
		return nil, bad("projection.%s.format cannot be used: %v", c.Name, err)
	}
	text := func(at time.Time) (string, error) {
		b, err := format.AppendInstant(nil, at.UnixMilli(), utc)
		if err != nil {
			return "", bad("projection.%s.format cannot be used: %v", c.Name, err)
		}
		return string(b), nil
	}
	parse := func(s string) (time.Time, error) {
		ms, err := format.ParseMillis(s)
		if err != nil {
			return time.Time{}, bad("projection.%s.range: %s is no date of the format %s", c.Name, s, pattern)
		}
		return time.UnixMilli(ms).UTC(), nil
	}
	bound := func(s string) (time.Time, error) {
		m := nowPattern.FindStringSubmatch(s)
		if m == nil {
			return parse(s)
		}
		at := now.UTC().Truncate(time.Second)
		if m[1] != "" {
			n, err := strconv.Atoi(m[2])
			if err != nil || n > 1_000_000_000 {
				return at, bad("projection.%s.range: %s is out of range", c.Name, s)
			}
			if m[1] == "-" {
				n = -n
			}
			at = addUnits(at, n, m[3]+"S")
		}
		// To the format's own precision.
		s, err := text(at)
		if err != nil {
			return at, err
		}
		return parse(s)
	}
	lo, hi, ok := strings.Cut(span, ",")
	if !ok {
		return nil, bad("projection.%s.range is not two dates: %s", c.Name, span)
	}
	from, err := bound(lo)
	if err != nil {
		return nil, err
	}
	to, err := bound(hi)
	if err != nil {
		return nil, err
	}
	if to.Before(from) {
		return nil, bad("projection.%s.range is not two dates in ascending order: %s", c.Name, span)
	}
	unit, hasUnit := prop("interval.unit")
	unit = strings.ToUpper(strings.TrimSpace(unit))
	_, hasInterval := prop("interval")
	if !hasUnit {
		// Only at the precision of days or months is there a step of its own.
		bare := regexp.MustCompile(`'[^']*'`).ReplaceAllString(pattern, "")
		switch {
		case strings.ContainsAny(bare, "HhKkmsSaAnN"):
			return nil, bad("projection.%s.interval.unit is required with the format %s", c.Name, pattern)
		case strings.ContainsAny(bare, "dDeE"):
			unit = "DAYS"
		case strings.ContainsAny(bare, "ML"):
			unit = "MONTHS"
		default:
			return nil, bad("projection.%s.interval.unit is required with the format %s", c.Name, pattern)
		}
	} else if !slices.Contains([]string{"YEARS", "MONTHS", "WEEKS", "DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS"}, unit) {
		return nil, bad("projection.%s.interval.unit is no unit: %s", c.Name, unit)
	} else if !hasInterval && unit != "DAYS" && unit != "MONTHS" {
		return nil, bad("projection.%s.interval is required with the unit %s", c.Name, unit)
	}
	step, err := positive("interval", 1)
	if err != nil {
		return nil, err
	}
	if step > 1_000_000_000 {
		return nil, bad("projection.%s.interval is too large: %d", c.Name, step)
	}
	return func() ([]string, error) {
		var list []string
		for at := from; !at.After(to); at = addUnits(at, int(step), unit) {
			if len(list) >= MaxPartitions {
				return nil, t.tooMany(c.Name)
			}
			s, err := text(at)
			if err != nil {
				return nil, err
			}
			list = append(list, s)
		}
		return slices.Compact(list), nil // a format coarser than the step repeats itself
	}, nil
}

// addUnits adds as java.time does: a day beyond a month's end becomes its last.
func addUnits(t time.Time, n int, unit string) time.Time {
	months := 0
	switch unit {
	case "YEARS":
		months = 12 * n
	case "MONTHS":
		months = n
	case "WEEKS":
		return t.AddDate(0, 0, 7*n)
	case "DAYS":
		return t.AddDate(0, 0, n)
	default:
		d := map[string]time.Duration{"HOURS": time.Hour, "MINUTES": time.Minute, "SECONDS": time.Second, "MILLISECONDS": time.Millisecond}[unit]
		ms := t.UnixMilli() + int64(n)*d.Milliseconds()
		return time.UnixMilli(ms).UTC()
	}
	days := types.AddMonths(types.Days(t.Year(), int(t.Month()), t.Day()), int64(months))
	clock := t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))
	return time.UnixMilli(days*86_400_000 + clock.Milliseconds()).UTC()
}
