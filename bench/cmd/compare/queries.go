package main

// The queries, in each contender's dialect, with what the generator knows of
// their answers. Every dialect gets its fastest exact formulation: instants
// compare as text or as timestamps, whichever is faster there, and amounts are
// decimals of the scale that this data happens to have. ionq gets none of these
// favours: its table declares DynamoDB's whole range of numbers.

import (
	"fmt"
	"sort"
	"strings"

	"github.com/ionq-db/ionq/bench/gen"
)

const ddl = "CREATE EXTERNAL TABLE sample_table ( id decimal(38,0), amount decimal(38,6), created_at string )\n" +
	"ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'\n" +
	"WITH SERDEPROPERTIES ( 'ion.id.path_extractor' = '(Item id)', 'ion.amount.path_extractor' = '(Item amount)', 'ion.created_at.path_extractor' = '(Item created_at)' )\n" +
	"STORED AS ION LOCATION '" + gen.ArticleLocation + "'"

// dialect spells the columns of the items.
type dialect struct {
	id, amount, at string // as expressions
	from, to       string // conditions on at: the article's July, its end cut to milliseconds
	table          string
	textID         bool // ids are text
}

type query struct {
	name, title string
	sql         func(d *dialect, s *set) string
	// slow says that contenders that take minutes also run it, on the small set.
	slow bool
	// truth is the answer as the generator knows it, nil where it does not.
	truth func(s *set) []string
}

var queries = []query{
	{
		name: "seed", title: "the article's query: sums of July by id", slow: true,
		sql: func(d *dialect, _ *set) string {
			return fmt.Sprintf("SELECT %s AS k, sum(%s) AS s FROM %s WHERE %s AND %s GROUP BY %s", d.id, d.amount, d.table, d.from, d.to, d.id)
		},
		truth: func(s *set) []string {
			var rows []string
			for _, g := range s.facts.Truth.Groups {
				if g.SeedRows > 0 {
					rows = append(rows, g.Key+"\t"+g.SeedSum)
				}
			}
			return rows
		},
	},
	{
		name: "count", title: "count(*)",
		sql:   func(d *dialect, _ *set) string { return "SELECT count(*) AS n FROM " + d.table },
		truth: func(s *set) []string { return []string{fmt.Sprint(s.facts.Truth.Items)} },
	},
	{
		name: "sum", title: "sum of amount over all",
		sql:   func(d *dialect, _ *set) string { return fmt.Sprintf("SELECT sum(%s) AS s FROM %s", d.amount, d.table) },
		truth: func(s *set) []string { return []string{s.facts.Truth.Sum} },
	},
	{
		name: "filter", title: "count and sum of one id in 10,000",
		sql: func(d *dialect, s *set) string {
			key := s.facts.Truth.Groups[len(s.facts.Truth.Groups)/2].Key
			if d.textID {
				key = "'" + key + "'"
			}
			return fmt.Sprintf("SELECT count(*) AS n, sum(%s) AS s FROM %s WHERE %s = %s", d.amount, d.table, d.id, key)
		},
		truth: func(s *set) []string {
			g := s.facts.Truth.Groups[len(s.facts.Truth.Groups)/2]
			return []string{fmt.Sprintf("%d\t%s", g.Rows, g.Sum)}
		},
	},
	{
		name: "groups", title: "GROUP BY created_at: nearly a group for each row",
		sql: func(d *dialect, _ *set) string {
			return fmt.Sprintf("SELECT count(*) AS g, sum(c) AS n, sum(v) AS s, max(v) AS m FROM (SELECT %s AS k, count(*) AS c, sum(%s) AS v FROM %s GROUP BY %s) AS t",
				d.at, d.amount, d.table, d.at)
		},
	},
}

var athena = dialect{
	id: "id", amount: "amount", at: "created_at", table: "sample_table",
	from: "from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00')",
	to:   "from_iso8601_timestamp('2023-08-01T00:00:00.00')",
}

// duckdb reads a form of the data from its files.
func duckdb(form, pattern string) *dialect {
	d := &dialect{
		id: "id", amount: "amount", at: "created_at", textID: true,
		table: fmt.Sprintf("read_json('%s', format='newline_delimited', columns={id:'VARCHAR', created_at:'VARCHAR', amount:'DECIMAL(18,6)'})", pattern),
	}
	if form == formDDB {
		d.id, d.amount, d.at = "Item.id.N", "Item.amount.N::DECIMAL(18,6)", "Item.created_at.S"
		d.table = fmt.Sprintf("read_json('%s', format='newline_delimited', columns={Item:'STRUCT(id STRUCT(N VARCHAR), created_at STRUCT(S VARCHAR), amount STRUCT(N VARCHAR))'})", pattern)
	}
	// from_iso8601_timestamp cuts to milliseconds, so that the whole first
	// millisecond of August passes.
	d.from = d.at + "::TIMESTAMPTZ >= '2023-07-01T00:00:00Z'::TIMESTAMPTZ"
	d.to = d.at + "::TIMESTAMPTZ < '2023-08-01T00:00:00.001Z'::TIMESTAMPTZ"
	return d
}

// duckdbTable is a table in DuckDB's memory, typed as suits it best.
var duckdbTable = dialect{
	id: "id", amount: "amount", at: "created_at", table: "t",
	from: "created_at >= '2023-07-01T00:00:00Z'::TIMESTAMPTZ",
	to:   "created_at < '2023-08-01T00:00:00.001Z'::TIMESTAMPTZ",
}

func duckdbLoad(pattern string) string {
	return fmt.Sprintf("CREATE TABLE t AS SELECT * FROM read_json('%s', format='newline_delimited', columns={id:'BIGINT', created_at:'TIMESTAMPTZ', amount:'DECIMAL(18,6)'})", pattern)
}

func chdb(form, pattern string) *dialect {
	d := &dialect{
		id: "id", amount: "toDecimal128(amount,6)", at: "created_at", textID: true,
		table: fmt.Sprintf("file('%s','JSONEachRow','id String, created_at String, amount String')", pattern),
	}
	if form == formDDB {
		d.id, d.amount, d.at = "Item.id.N", "toDecimal128(Item.amount.N,6)", "Item.created_at.S"
		d.table = fmt.Sprintf("file('%s','JSONEachRow','Item Tuple(id Tuple(N String), created_at Tuple(S String), amount Tuple(N String))')", pattern)
	}
	at := "parseDateTime64BestEffort(" + d.at + ",6,'UTC')"
	d.from = at + " >= toDateTime64('2023-07-01 00:00:00',6,'UTC')"
	d.to = at + " < toDateTime64('2023-08-01 00:00:00.001',6,'UTC')"
	return d
}

func chdbSettings(cores int) string {
	return fmt.Sprintf(" SETTINGS max_threads=%d, input_format_skip_unknown_fields=1, input_format_json_read_numbers_as_strings=1", cores)
}

// normal brings an answer to the form that all contenders share: rows in order
// of their text, decimals without trailing zeros.
func normal(rows []string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		cells := strings.Split(row, "\t")
		for k, c := range cells {
			c = strings.Trim(c, `"`)
			if strings.Contains(c, ".") && strings.Trim(c, "-0123456789.") == "" {
				c = strings.TrimSuffix(strings.TrimRight(c, "0"), ".")
			}
			cells[k] = c
		}
		out[i] = strings.Join(cells, "\t")
	}
	sort.Strings(out)
	return out
}

// differ tells the first difference between two answers in normal form.
func differ(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%q instead of %q", got[i], want[i])
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows instead of %d", len(got), len(want))
	}
	return ""
}
