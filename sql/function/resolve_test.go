package function

import (
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// TestSignatures: every entry of the table parses, and says its result.
func TestSignatures(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range All() {
		if err := CheckSignature(f); err != nil {
			t.Errorf("%s%s: %v", f.Name, f.Sig, err)
		}
		if id := f.ID(); seen[id] {
			t.Errorf("%s is defined twice", id)
		} else {
			seen[id] = true
		}
	}
}

func fn(name, sig string) *Function { return &Function{Name: name, Sig: sig} }

// overloads for the tests, beside the real table: the shapes that matter.
var testTable = map[string][]*Function{
	"abs": {
		fn("abs", "(tinyint) -> tinyint"), fn("abs", "(integer) -> integer"), fn("abs", "(bigint) -> bigint"),
		fn("abs", "(double) -> double"), fn("abs", "(decimal(p,s)) -> decimal(p,s)"),
	},
	"sqrt":      {fn("sqrt", "(double) -> double")},
	"max":       {{Name: "max", Kind: Aggregate, Sig: "(T) -> T where T orderable"}, {Name: "max", Kind: Aggregate, Sig: "(E, bigint) -> array(E) where E orderable"}},
	"greatest":  {fn("greatest", "(E...) -> E where E orderable")},
	"substr":    {fn("substr", "(varchar(x), bigint) -> varchar(x)"), fn("substr", "(char(x), bigint) -> varchar(x)")},
	"element":   {fn("element", "(array(E), bigint) -> E"), fn("element", "(map(K,V), K) -> V")},
	"transform": {fn("transform", "(array(T), function(T,U)) -> array(U)")},
	"reduce":    {fn("reduce", "(array(T), S, function(S,T,S), function(S,R)) -> R")},
	"pick":      {fn("pick", "(decimal(p,s), decimal(p,s)) -> decimal(p,s)")},
	"hour":      {fn("hour", "(timestamp(p)) -> bigint"), fn("hour", "(timestamp(p) with time zone) -> bigint"), fn("hour", "(time(p)) -> bigint")},
	"concat":    {fn("concat", "(varchar...) -> varchar"), fn("concat", "(array(E)...) -> array(E)"), fn("concat", "(E, array(E)) -> array(E)"), fn("concat", "(array(E), E) -> array(E)")},
	"tojson":    {fn("tojson", "(T) -> varchar where T castable to json")},
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		name string
		args string // types, in parentheses as a row
		want string // (parameters):result, or a code and message
	}{
		{"abs", "row(integer)", "(integer):integer"},
		{"abs", "row(smallint)", "(integer):integer"},
		{"abs", "row(real)", "(double):double"},
		{"abs", "row(decimal(5,2))", "(decimal(5,2)):decimal(5,2)"},
		{"abs", "row(varchar(1),integer)", "FUNCTION_NOT_FOUND: Unexpected parameters (varchar(1), integer) for function abs. Expected: abs(bigint), abs(decimal(p,s)), abs(double), abs(integer), abs(tinyint)"},
		{"abs", "row(unknown)", "(tinyint):tinyint"},
		{"max", "row(map(varchar,integer))", "FUNCTION_NOT_FOUND: Unexpected parameters (map(varchar,integer)) for function max. Expected: max(E, bigint) E:orderable, max(T) T:orderable"},
		{"max", "row(varchar(3),integer)", "(varchar(3),bigint):array(varchar(3))"},
		{"greatest", "row(integer,bigint,double)", "(double,double,double):double"},
		{"greatest", "row(varchar(3),varchar(5))", "(varchar(5),varchar(5)):varchar(5)"},
		{"substr", "row(varchar(7),integer)", "(varchar(7),bigint):varchar(7)"},
		{"substr", "row(varchar,integer)", "(varchar,bigint):varchar"},
		{"element", "row(array(varchar(2)),integer)", "(array(varchar(2)),bigint):varchar(2)"},
		{"element", "row(map(bigint,double),integer)", "(map(bigint,double),bigint):double"},
		{"pick", "row(decimal(3,1),integer)", "(decimal(11,1),decimal(11,1)):decimal(11,1)"},
		{"pick", "row(integer,decimal(4,2))", "(decimal(12,2),decimal(12,2)):decimal(12,2)"},
		{"hour", "row(timestamp(6))", "(timestamp(6) without time zone):bigint"},
		{"hour", "row(date)", "(timestamp(0) without time zone):bigint"},
		{"hour", "row(timestamp(9) with time zone)", "(timestamp(9) with time zone):bigint"},
		{"concat", "row(varchar(1),varchar(2))", "(varchar,varchar):varchar"},
		{"concat", "row(array(integer),array(bigint))", "(array(bigint),array(bigint)):array(bigint)"},
		{"concat", "row(array(integer),integer)", "(array(integer),integer):array(integer)"},
		{"concat", "row(integer,varchar(1))", "FUNCTION_NOT_FOUND: Unexpected parameters (integer, varchar(1)) for function concat. Expected: concat(E, array(E)) E, concat(array(E)) E, concat(array(E), E) E, concat(varchar)"},
		{"tojson", "row(array(bigint))", "(array(bigint)):varchar"},
		{"tojson", "row(varbinary)", "FUNCTION_NOT_FOUND: Unexpected parameters (varbinary) for function tojson. Expected: tojson(T) T:castableTo(json)"},
		{"nosuch", "row(integer)", "FUNCTION_NOT_FOUND: Function 'nosuch' not registered"},
	} {
		row, err := types.Parse(c.args)
		if err != nil {
			t.Fatal(err)
		}
		var args []Arg
		for _, f := range row.Fields() {
			args = append(args, Arg{Type: f.Type})
		}
		b, err := ResolveAmong(c.name, testTable[c.name], args)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = b.String()
		}
		if got != c.want {
			t.Errorf("%s%s\n got %s\nwant %s", c.name, c.args, got, c.want)
		}
	}
}

func TestResolveLambda(t *testing.T) {
	lambda := func(result func(params []types.Type) types.Type) Arg {
		return Arg{Lambda: func(params []types.Type) (types.Type, error) { return result(params), nil }}
	}
	ints := types.Array(types.Integer)
	b, err := ResolveAmong("transform", testTable["transform"], []Arg{{Type: ints}, lambda(func(p []types.Type) types.Type { return types.Array(p[0]) })})
	if err != nil || b.String() != "(array(integer),function(integer,array(integer))):array(array(integer))" {
		t.Errorf("transform: %v, %v", b, err)
	}
	// The state of reduce is widened by what its lambda gives.
	b, err = ResolveAmong("reduce", testTable["reduce"], []Arg{
		{Type: ints},
		{Type: types.Integer},
		lambda(func([]types.Type) types.Type { return types.Bigint }),
		lambda(func(p []types.Type) types.Type { return p[0] }),
	})
	if err != nil || b.Result != types.Bigint || b.Args[1] != types.Bigint {
		t.Errorf("reduce: %v, %v", b, err)
	}
	_, err = ResolveAmong("sqrt", testTable["sqrt"], []Arg{lambda(func(p []types.Type) types.Type { return p[0] })})
	if sqlerr.CodeOf(err) != sqlerr.FunctionNotFound || sqlerr.As(err).Msg != "Unexpected parameters (<function>) for function sqrt. Expected: sqrt(double)" {
		t.Error(err)
	}
}
