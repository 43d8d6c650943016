package reader

// Single values of megabytes: linear time, and errors of a size to read.

import (
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

func TestHugeValues(t *testing.T) {
	n := 2_000_000
	if testing.Short() {
		n = 100_000
	}
	sevens, zeros := strings.Repeat("7", n), strings.Repeat("0", n)
	// Each takes a tenth of a second; the limit is for machines that are busy, or
	// slow, or both. What is quadratic takes minutes.
	limit := time.Minute
	for name, value := range map[string]string{
		"int": sevens, "negative int": "-" + sevens, "decimal": sevens + ".", "fraction": "1." + sevens, "zeros": "0." + zeros, "float": sevens + "e0", "small float": "0." + zeros + "1e" + zeros + "5",
		"exponent": "1d" + sevens, "negative exponent": "-1d-" + sevens, "exponent of zeros": "1d" + zeros + "1", "timestamp": "2000-01-01T00:00:00." + sevens + "Z",
		"string": `"` + sevens + `"`, "escapes": `"` + strings.Repeat(`\n`, n/2) + `"`, "symbol": "'" + sevens + "'", "blob": "{{" + sevens + "}}", "clob": `{{"` + sevens + `"}}`,
		"list": "[" + strings.Repeat("7,", n/2) + "]", "struct": "{" + strings.Repeat("a:7,", n/4) + "}", "annotations": strings.Repeat("a::", n/3) + "7",
	} {
		text := "$ion_1_0 {Item:{n:" + value + "}}\n{Item:{n:null}}\n"
		for _, typ := range []types.Type{
			types.Bigint, types.Tinyint, types.Decimal(38, 6), types.Decimal(10, 2), types.Double, types.Real, varchar, types.VarcharN(10), types.Varbinary, types.Boolean, types.Date,
			types.Timestamp(3), types.Array(types.Bigint), types.Map(varchar, types.Decimal(38, 2)), types.Row(types.Field{Name: "a", Type: varchar}),
		} {
			for _, props := range []map[string]string{nil, {"ion.fail_on_overflow": "false"}} {
				if props != nil && typ != types.Bigint && typ != types.Tinyint && typ != types.VarcharN(10) && typ != types.Real {
					continue
				}
				start := time.Now()
				src, err := Open(ctxb, tableOf(props, Column{"n", typ}), splitOf("x.ion", text), []int{0}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				rows := 0
				for {
					p, e := src.Next(ctxb)
					if err = e; p == nil {
						break
					}
					rows += p.Rows
				}
				if err != nil {
					e := sqlerr.As(err)
					if e.Code == sqlerr.GenericInternalError || len(e.Error())+len(e.Hint) > 4000 {
						t.Errorf("%s as %s: %.500s (%d bytes)", name, typ, err, len(err.Error()))
					}
				} else if rows != 2 {
					t.Errorf("%s as %s: %d rows", name, typ, rows)
				}
				if err := src.Close(); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took > limit {
					t.Errorf("%s as %s took %v", name, typ, took)
				} else if took > 2*time.Second {
					t.Logf("%s as %s took %v", name, typ, took)
				}
			}
		}
	}
}
