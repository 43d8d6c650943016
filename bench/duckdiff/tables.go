package duckdiff

// Random tables: the same rows as Ion records, as a declared table for ionq, and
// as an INSERT for DuckDB.

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// Table is a random table.
type Table struct {
	Name string
	Cols []*Column
	hive []string // types as DDL spells them
	rows [][]cell
}

// cell is a value in all three forms; an empty ion is an absent attribute.
type cell struct{ ion, duck, trino string }

// none is a NULL within an array or a struct.
var none = cell{"null", "NULL", "NULL"}

// kinds are the columns that a table may have besides id and k.
var kinds = []string{"i8", "i16", "i32", "i64", "big", "d1", "d2", "d3", "b", "s", "u", "x", "w", "dt", "ts", "ai", "sa", "st", "m", "r", "ch", "js", "as"}

// few are the texts of column s, which joins and groups.
var few = []string{"", "a", "b", "ab", "B", "a%", "x_y", "10", " a ", "NULL"}

// letters make up column u. They have one code point each, and both engines agree
// on their case and their order.
var letters = []rune("aAbBzZ019 _-%éÉüñжЖ日本語€😀")

// NewTables returns n tables. withNaN tells whether doubles may be NaN or infinite.
func NewTables(rng *rand.Rand, n int, withNaN bool) []*Table {
	var out []*Table
	for i := range n {
		t := &Table{Name: "t" + strconv.Itoa(i)}
		add := func(name, hive string, ty types.Type, f facts) {
			t.Cols = append(t.Cols, &Column{name, ty, f})
			t.hive = append(t.hive, hive)
		}
		add("id", "bigint", types.Bigint, facts{Mag: 200})
		add("k", "int", types.Integer, facts{Mag: 5})
		for _, k := range kinds {
			if rng.IntN(5) < 2 {
				continue
			}
			switch k {
			case "i8":
				add(k, "tinyint", types.Tinyint, facts{Mag: 128})
			case "i16":
				add(k, "smallint", types.Smallint, facts{Mag: 32768})
			case "i32":
				add(k, "int", types.Integer, facts{Mag: 1 << 31})
			case "i64":
				add(k, "bigint", types.Bigint, facts{Mag: 1e6})
			case "big":
				add(k, "bigint", types.Bigint, facts{Mag: 1 << 63})
			case "d1":
				add(k, "decimal(10,2)", types.Decimal(10, 2), facts{Mag: 1e8})
			case "d2":
				add(k, "decimal(38,10)", types.Decimal(38, 10), facts{Mag: 1e28})
			case "d3":
				add(k, "decimal(18,4)", types.Decimal(18, 4), facts{Mag: 1e5})
			case "b":
				add(k, "boolean", types.Boolean, facts{})
			case "s":
				add(k, "string", types.Varchar, facts{ASCII: true})
			case "u":
				add(k, "string", types.Varchar, facts{})
			case "x":
				add(k, "double", types.Double, facts{Mag: 1 << 12, Quant: -3})
			case "w":
				add(k, "double", types.Double, facts{Mag: 1e300, Quant: noQuant, NaN: withNaN})
			case "dt":
				add(k, "date", types.Date, facts{})
			case "ts":
				add(k, "timestamp", types.Timestamp(3), facts{})
			case "ai":
				add(k, "array<bigint>", types.Array(types.Bigint), facts{Mag: 1000})
			case "sa":
				add(k, "array<string>", types.Array(types.Varchar), facts{ASCII: true})
			case "st":
				add(k, "struct<a:bigint,b:string>", types.Row(types.Field{Name: "a", Type: types.Bigint}, types.Field{Name: "b", Type: types.Varchar}), facts{Mag: 1000, ASCII: true})
			case "r":
				add(k, "float", types.Real, facts{Mag: 1 << 12, Quant: -3})
			case "ch":
				add(k, "char(5)", types.CharN(5), facts{ASCII: true})
			case "js":
				add(k, "string", types.Varchar, facts{JSON: true})
			case "as":
				add("rs", "array<struct<a:bigint,b:string>>", types.Array(types.Row(types.Field{Name: "a", Type: types.Bigint}, types.Field{Name: "b", Type: types.Varchar})), facts{Mag: 1000, ASCII: true})
			case "m":
				add(k, "map<string,bigint>", types.Map(types.Varchar, types.Bigint), facts{Mag: 1000})
			}
		}
		rows := []int{0, 1, 2, 7, 20, 40}[min(rng.IntN(9), 5)]
		for r := range rows {
			if r > 0 && rng.IntN(6) == 0 { // a duplicate, but for its id
				row := append([]cell(nil), t.rows[rng.IntN(r)]...)
				row[0] = same(strconv.Itoa(r))
				t.rows = append(t.rows, row)
				continue
			}
			var row []cell
			for c, col := range t.Cols {
				if c > 0 && rng.IntN(6) == 0 {
					row = append(row, cell{[]string{"", "null", "null.string"}[rng.IntN(3)], "NULL", "NULL"})
					continue
				}
				row = append(row, randomCell(rng, col, r, withNaN))
			}
			t.rows = append(t.rows, row)
		}
		out = append(out, t)
	}
	return out
}

func pick[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

func same(s string) cell { return cell{s, s, s} }

func randomCell(rng *rand.Rand, c *Column, r int, withNaN bool) cell {
	num := func(v ...int64) cell {
		if rng.IntN(3) == 0 {
			return same(strconv.FormatInt(pick(rng, v...), 10))
		}
		return same(strconv.Itoa(rng.IntN(201) - 100))
	}
	switch c.Name {
	case "id":
		return same(strconv.Itoa(r))
	case "k":
		return same(strconv.Itoa(rng.IntN(11) - 5))
	case "i8":
		return num(-128, 127, 0)
	case "i16":
		return num(-32768, 32767, 1000, 0)
	case "i32":
		return num(math.MinInt32, math.MaxInt32, 0, 1)
	case "i64":
		return num(1e6, -1e6, 0, 65536)
	case "big":
		return num(math.MinInt64, math.MaxInt64, 0, 1<<53+1, -1<<53-1)
	case "d1":
		return randomDecimal(rng, 8, 2)
	case "d2":
		return randomDecimal(rng, 28, 10)
	case "d3":
		return randomDecimal(rng, 5, 4)
	case "b":
		return same(strconv.FormatBool(rng.IntN(2) == 0))
	case "s":
		return text(pick(rng, few...))
	case "u":
		return text(randomText(rng))
	case "x":
		f := float64(rng.IntN(1<<16)-1<<15) / 8
		if rng.IntN(3) == 0 {
			f = pick(rng, 0, 0.5, -0.5, 1, 1.5, 2.5, -2.5)
		}
		return double(f)
	case "w":
		if withNaN && rng.IntN(3) == 0 {
			switch rng.IntN(4) {
			case 0:
				return cell{"nan", "CAST('nan' AS DOUBLE)", "nan()"}
			case 1:
				return cell{"+inf", "CAST('inf' AS DOUBLE)", "infinity()"}
			case 2:
				return cell{"-inf", "CAST('-inf' AS DOUBLE)", "-infinity()"}
			}
			return cell{"-0e0", "CAST('-0.0' AS DOUBLE)", "DOUBLE '-0'"}
		}
		return double(pick(rng, 0.1, 0.2, 0.3, 1e-7, 1e300, -1e300, 1.0/3, 123456789.123, rng.NormFloat64(), rng.NormFloat64()*1e10))
	case "dt":
		s := randomDate(rng)
		return cell{s, "DATE '" + s + "'", "DATE '" + s + "'"}
	case "ts":
		d, h, m, s, ms := randomDate(rng), rng.IntN(24), rng.IntN(60), rng.IntN(60), rng.IntN(1000)
		if rng.IntN(3) == 0 {
			h, m, s, ms = 0, 0, 0, 0
		}
		lit := fmt.Sprintf("TIMESTAMP '%s %02d:%02d:%02d.%03d'", d, h, m, s, ms)
		return cell{fmt.Sprintf("%sT%02d:%02d:%02d.%03dZ", d, h, m, s, ms), lit, lit}
	case "ai":
		return array(rng, func() cell { return same(strconv.Itoa(rng.IntN(9) - 3)) })
	case "sa":
		return array(rng, func() cell { return text(pick(rng, few...)) })
	case "r":
		s := strconv.FormatFloat(float64(rng.IntN(1<<16)-1<<15)/8, 'e', -1, 64)
		return cell{s, "CAST('" + s + "' AS FLOAT)", "REAL '" + s + "'"}
	case "ch":
		return text(strings.TrimRight(pick(rng, few...), " "))
	case "js":
		return text(pick(rng, documents...))
	case "rs":
		return array(rng, func() cell {
			a, b := same(strconv.Itoa(rng.IntN(20)-10)), text(pick(rng, few...))
			if rng.IntN(4) == 0 {
				a = none
			}
			return cell{"{a:" + a.ion + ",b:" + b.ion + "}", "{'a': " + a.duck + ", 'b': " + b.duck + "}", "ROW(" + a.trino + ", " + b.trino + ")"}
		})
	case "st":
		a, b := same(strconv.Itoa(rng.IntN(20)-10)), text(pick(rng, few...))
		if rng.IntN(4) == 0 {
			a = none
		}
		if rng.IntN(4) == 0 {
			b = none
		}
		return cell{"{a:" + a.ion + ",b:" + b.ion + "}", "{'a': " + a.duck + ", 'b': " + b.duck + "}", "ROW(" + a.trino + ", " + b.trino + ")"}
	default: // m
		var ion, duck, keys, vals []string
		for _, key := range few[1:5] {
			if rng.IntN(2) == 0 {
				v := same(strconv.Itoa(rng.IntN(20) - 10))
				if rng.IntN(5) == 0 {
					v = none
				}
				ion = append(ion, "'"+key+"':"+v.ion)
				duck = append(duck, quote(key)+": "+v.duck)
				keys, vals = append(keys, quote(key)), append(vals, v.trino)
			}
		}
		return cell{"{" + strings.Join(ion, ",") + "}", "MAP {" + strings.Join(duck, ", ") + "}", "MAP(ARRAY[" + strings.Join(keys, ", ") + "], ARRAY[" + strings.Join(vals, ", ") + "])"}
	}
}

func array(rng *rand.Rand, f func() cell) cell {
	var ion, duck, trino []string
	for range rng.IntN(5) {
		c := f()
		if rng.IntN(6) == 0 {
			c = none
		}
		ion, duck, trino = append(ion, c.ion), append(duck, c.duck), append(trino, c.trino)
	}
	return cell{"[" + strings.Join(ion, ",") + "]", "[" + strings.Join(duck, ", ") + "]", "ARRAY[" + strings.Join(trino, ", ") + "]"}
}

func text(s string) cell { return cell{strconv.Quote(s), quote(s), quote(s)} }

func randomText(rng *rand.Rand) string {
	var b strings.Builder
	for range rng.IntN(8) {
		b.WriteRune(pick(rng, letters...))
	}
	return b.String()
}

func randomDate(rng *rand.Rand) string {
	y, m := 2023, 1+rng.IntN(4)
	if rng.IntN(4) == 0 {
		y, m = 1890+rng.IntN(250), 1+rng.IntN(12)
	}
	last := types.DaysInMonth(y, m)
	d := pick(rng, 1, last, last-1, 15, 1+rng.IntN(last))
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

func double(f float64) cell {
	s := strconv.FormatFloat(f, 'e', -1, 64)
	return cell{s, "CAST('" + s + "' AS DOUBLE)", "DOUBLE '" + s + "'"}
}

// randomDecimal has up to whole digits before the point and scale behind it. Its
// Ion form varies: 12.50, 12.5, 125d-1, 6d2, 12., and 12, which is an Ion integer.
func randomDecimal(rng *rand.Rand, whole, scale int) cell {
	var digits strings.Builder
	for range 1 + rng.IntN(whole) {
		digits.WriteByte(byte('0' + rng.IntN(10)))
	}
	if rng.IntN(5) == 0 {
		digits.Reset()
		digits.WriteString(pick(rng, strings.Repeat("9", whole), "0", "1", "600"))
	}
	w := strings.TrimLeft(digits.String(), "0")
	if w == "" {
		w = "0"
	}
	f := ""
	if rng.IntN(3) > 0 {
		for range rng.IntN(scale + 1) {
			f += string(byte('0' + rng.IntN(10)))
		}
	}
	sign := pick(rng, "", "", "-")
	d := sign + w
	ion := sign + w + "." + f
	if f != "" {
		d += "." + f
	} else if rng.IntN(4) == 0 {
		ion = sign + w + "d0"
		if w != "0" && strings.HasSuffix(w, "00") {
			ion = sign + strings.TrimSuffix(w, "00") + "d2"
		}
	} else if rng.IntN(4) == 0 && w != "0" {
		ion = sign + w
	}
	return cell{ion, "CAST('" + d + "' AS DECIMAL(38," + strconv.Itoa(scale) + "))", "DECIMAL '" + d + "'"}
}

// WriteIon writes the table's records below dir as one to three data files, some
// of them compressed.
func (t *Table) WriteIon(rng *rand.Rand, dir string) error {
	dir = filepath.Join(dir, t.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := make([]bytes.Buffer, 1+rng.IntN(3))
	for r, row := range t.rows {
		b := &files[r*len(files)/len(t.rows)]
		b.WriteString("$ion_1_0 {Item:{")
		n := 0
		for c, col := range t.Cols {
			v := row[c].ion
			if v == "" {
				continue
			}
			if n > 0 {
				b.WriteByte(',')
			}
			n++
			fmt.Fprintf(b, "%s:%s", col.Name, v)
		}
		b.WriteString("}}\n")
	}
	for i := range files {
		name, data := fmt.Sprintf("data%d.ion", i), files[i].Bytes()
		if rng.IntN(3) == 0 {
			var z bytes.Buffer
			w := gzip.NewWriter(&z)
			if _, err := w.Write(data); err != nil {
				return err
			}
			if err := w.Close(); err != nil {
				return err
			}
			name, data = name+".gz", z.Bytes()
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// DDL declares the table over s3://test/.
func (t *Table) DDL() string {
	var cols, props []string
	for i, c := range t.Cols {
		cols = append(cols, "`"+c.Name+"` "+t.hive[i])
		props = append(props, fmt.Sprintf("'ion.%s.path_extractor'='(Item %s)'", c.Name, c.Name))
	}
	return "CREATE EXTERNAL TABLE " + t.Name + " (" + strings.Join(cols, ", ") +
		") ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES (" + strings.Join(props, ", ") +
		") STORED AS ION LOCATION 's3://test/" + t.Name + "/'"
}

// DuckSetup returns the statements that make the table in DuckDB.
func (t *Table) DuckSetup() []string {
	var cols []string
	for _, c := range t.Cols {
		cols = append(cols, c.Name+" "+duckType(c.T))
	}
	out := []string{"CREATE OR REPLACE TABLE " + t.Name + " (" + strings.Join(cols, ", ") + ")"}
	if len(t.rows) == 0 {
		return out
	}
	var rows []string
	for _, r := range t.rows {
		var v []string
		for i, c := range r {
			v = append(v, "CAST("+c.duck+" AS "+duckType(t.Cols[i].T)+")")
		}
		rows = append(rows, "("+strings.Join(v, ", ")+")")
	}
	return append(out, "INSERT INTO "+t.Name+" VALUES "+strings.Join(rows, ", "))
}
