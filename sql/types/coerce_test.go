package types

import "testing"

func TestCommon(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"integer", "bigint", "bigint"},
		{"bigint", "real", "real"},
		{"bigint", "decimal(10,2)", "decimal(21,2)"},
		{"decimal(10,0)", "bigint", "decimal(19,0)"},
		{"decimal(10,0)", "decimal(1,1)", "decimal(11,1)"},
		{"decimal(38,0)", "decimal(38,10)", "decimal(38,10)"},
		{"decimal(10,0)", "double", "double"},
		{"varchar(3)", "varchar(5)", "varchar(5)"},
		{"varchar(3)", "varchar", "varchar"},
		{"varchar(3)", "char(5)", "char(5)"},
		{"char(2)", "varchar(7)", "char(7)"},
		{"varchar(3)", "integer", ""},
		{"varchar", "date", ""},
		{"date", "timestamp(3)", "timestamp(3)"},
		{"date", "timestamp(6) with time zone", "timestamp(6) with time zone"},
		{"timestamp(9)", "timestamp(3) with time zone", "timestamp(9) with time zone"},
		{"time(3)", "time(6)", "time(6)"},
		{"unknown", "map(varchar, integer)", "map(varchar, integer)"},
		{"array(integer)", "array(decimal(3,1))", "array(decimal(11,1))"},
		{"map(varchar(1), integer)", "map(varchar(2), bigint)", "map(varchar(2), bigint)"},
		{"row(a integer, b varchar(1))", "row(a bigint, c varchar(2))", "row(a bigint, varchar(2))"},
		{"row(a integer)", "row(a integer, b integer)", ""},
		{"boolean", "integer", ""},
	} {
		a, b := parsed(t, c.a), parsed(t, c.b)
		for range 2 {
			got := ""
			if ct, ok := Common(a, b); ok {
				got = ct.String()
				if ct != a && ct != b && (CanCoerce(a, b) || CanCoerce(b, a)) && a.Kind != KindRow {
					t.Errorf("%s and %s meet in %s, yet one coerces to the other", a, b, ct)
				}
			}
			if got != c.want {
				t.Errorf("Common(%s, %s) = %q, want %q", a, b, got, c.want)
			}
			a, b = b, a
		}
	}
	if CanCoerce(Bigint, Integer) || CanCoerce(Varchar, VarcharN(3)) || CanCoerce(Double, Decimal(38, 0)) || CanCoerce(CharN(3), Varchar) {
		t.Error("a narrowing coercion")
	}
}

func parsed(t *testing.T, s string) Type {
	t.Helper()
	typ, err := Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return typ
}

func TestParse(t *testing.T) {
	for _, s := range []string{
		"varchar(3)", "varchar", "char(4)", "decimal(38,0)", "array(map(varchar, row(a integer, \"B c\" array(double))))",
		"timestamp(3) with time zone", "timestamp(0)", "time(6)", "time(12) with time zone", "interval day to second",
		"interval year to month", "row(integer, varchar)", "row(x timestamp(3) with time zone)", "map(varchar, json)", "ipaddress", "unknown",
	} {
		if got := parsed(t, s).String(); got != s {
			t.Errorf("%s came back as %s", s, got)
		}
	}
	for in, want := range map[string]string{"decimal": "decimal(38,0)", "DECIMAL( 5 )": "decimal(5,0)", "Int": "integer", "double precision": "double", "timestamp": "timestamp(3)", "char": "char(1)"} {
		if got := parsed(t, in).String(); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
	for _, s := range []string{"", "nosuch", "decimal(39)", "decimal(3,4)", "decimal(0)", "array", "array(integer", "array(integer))", "map(integer)", "timestamp(13)", "varchar(1,2)", "integer(3)", "row()"} {
		if got, err := Parse(s); err == nil {
			t.Errorf("%q is %s", s, got)
		}
	}
}

func TestParseHive(t *testing.T) {
	for in, want := range map[string]string{
		"string": "varchar", "INT": "integer", "float": "real", "binary": "varbinary", "timestamp": "timestamp(3)",
		"decimal": "decimal(10,0)", "decimal(15)": "decimal(15,0)", "decimal( 10 , 2 )": "decimal(10,2)", "varchar(7)": "varchar(7)",
		"array<decimal>":         "array(decimal(10,0))",
		"map<string,array<int>>": "map(varchar, array(integer))",
		"struct<N:string, b:struct<c:double COMMENT 'it''s'>>": "row(n varchar, b row(c double))",
		"struct<`a b`:int>": "row(\"a b\" integer)",
	} {
		got, err := ParseHive(in)
		if err != nil || got.String() != want {
			t.Errorf("%s is %s (%v), want %s", in, got, err, want)
		}
	}
	for _, s := range []string{"", "nosuch", "array(int)", "array<int", "map<int>", "struct<a int>", "int(3)", "uniontype<int>", "decimal(39,0)", "string(3)"} {
		if got, err := ParseHive(s); err == nil {
			t.Errorf("%q is %s", s, got)
		}
	}
}

func TestCanCast(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"varchar", "date", true},
		{"bigint", "date", false},
		{"date", "bigint", false},
		{"array(integer)", "varchar", false},
		{"array(integer)", "array(varchar)", true},
		{"array(integer)", "array(timestamp(3))", false},
		{"row(a integer)", "json", true},
		{"map(varchar, date)", "json", true},
		{"map(date, date)", "json", false},
		{"json", "map(array(integer), array(integer))", false},
		{"json", "array(row(a bigint))", true},
		{"timestamp(3)", "date", true},
		{"boolean", "decimal(3,1)", true},
		{"varbinary", "varchar", false},
		{"uuid", "varchar", true},
		{"unknown", "ipaddress", true},
	} {
		if got := CanCast(parsed(t, c.from), parsed(t, c.to)); got != c.want {
			t.Errorf("CAST %s to %s: %v", c.from, c.to, got)
		}
	}
}
