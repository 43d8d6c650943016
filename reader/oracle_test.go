package reader

// Generated exports, read against ion-go.

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	iongo "github.com/amazon-ion/ion-go/ion"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// oracleRow reads one line with ion-go: the fields of Item, as their text.
func oracleRow(line []byte) (map[string]string, error) {
	r := iongo.NewReaderBytes(line)
	for r.Next() && r.Type() != iongo.StructType { // ion-go hands out the version marker
	}
	if err := r.StepIn(); err != nil {
		return nil, err
	}
	if !r.Next() {
		return nil, fmt.Errorf("no Item")
	}
	if err := r.StepIn(); err != nil {
		return nil, err
	}
	row := map[string]string{}
	for r.Next() {
		name, err := r.FieldName()
		if err != nil {
			return nil, err
		}
		if r.IsNull() {
			continue
		}
		switch r.Type() {
		case iongo.StringType:
			s, err := r.StringValue()
			if err != nil {
				return nil, err
			}
			row[*name.Text] = *s
		case iongo.DecimalType:
			d, err := r.DecimalValue()
			if err != nil {
				return nil, err
			}
			c, e := d.CoEx()
			row[*name.Text] = c.String() + "d" + fmt.Sprint(e)
		case iongo.BoolType:
			b, err := r.BoolValue()
			if err != nil {
				return nil, err
			}
			row[*name.Text] = fmt.Sprint(*b)
		}
	}
	return row, r.Err()
}

func TestGeneratedExports(t *testing.T) {
	for _, shape := range []gen.Shape{gen.Narrow, gen.Wide, "mixed"} {
		text := exportText(t, shape, 800)
		tab := tableOf(map[string]string{"ion.trace.path_extractor": "(Item 'x-trace-id')"},
			Column{"id", types.Decimal(38, 0)}, Column{"amount", types.Decimal(38, 12)}, Column{"created_at", varchar}, Column{"description", varchar},
			Column{"active", types.Boolean}, Column{"trace", varchar}, Column{"note", varchar})
		split := splitOf("x.ion", "")
		split.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
		src, err := Open(ctxb, tab, split, allOf(tab), Options{Late: []int{1, 6}})
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
		row, decimals := 0, 0
		for {
			p, err := src.Next(ctxb)
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				break
			}
			for _, k := range []int{1, 6} {
				if _, err := src.Load(k, nil); err != nil {
					t.Fatal(err)
				}
			}
			for i := range p.Rows {
				want, err := oracleRow(lines[row])
				if err != nil {
					t.Fatal(err)
				}
				for k, c := range tab.Columns {
					name := c.Name
					if name == "trace" {
						name = "x-trace-id"
					}
					w, ok := want[name]
					if !ok {
						w = "NULL"
					} else if c.Type.Kind == types.KindDecimal {
						mantissa, exp, _ := strings.Cut(w, "d")
						v, _, _, ok := decimal.Parse(mantissa)
						var e int
						if _, err := fmt.Sscan(exp, &e); err != nil || !ok {
							t.Fatalf("decimal %s: %v", w, err)
						}
						x, fits := decimal.Rescale(v, int(c.Type.S)+e)
						if !fits {
							t.Fatalf("decimal %s does not fit", w)
						}
						w = decimal.Format(x, int(c.Type.S))
						decimals++
					}
					if got := render(p.Cols[k], i); got != w {
						t.Fatalf("%s row %d column %s: got %s, want %s in %s", shape, row, c.Name, got, w, lines[row])
					}
				}
				row++
			}
		}
		if row != len(lines) || decimals == 0 {
			t.Errorf("%s: %d rows of %d, %d decimals", shape, row, len(lines), decimals)
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}
