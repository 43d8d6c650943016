package expr

import (
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

// TestCast: messages and values of semantics 5.6 and of the cast operators in
// Trino's source.
func TestCast(t *testing.T) {
	for _, c := range []struct {
		from, to string
		rows     []string
	}{
		{"boolean", "varchar", []string{"true -> true", "false -> false", "NULL -> NULL"}},
		{"boolean", "bigint", []string{"true -> 1", "false -> 0", "NULL -> NULL"}},
		{"boolean", "double", []string{"true -> 1.0"}},
		{"boolean", "decimal(3,2)", []string{"true -> 1.00", "false -> 0.00"}},
		{"boolean", "decimal(38,2)", []string{"true -> 1.00", "false -> 0.00"}},
		{"integer", "boolean", []string{"0 -> false", "-7 -> true"}},
		{"integer", "bigint", []string{"5 -> 5", "NULL -> NULL"}},
		{"bigint", "integer", []string{"5 -> 5", "2147483648 -> !NUMERIC_VALUE_OUT_OF_RANGE Out of range for integer: 2147483648", "NULL -> NULL"}},
		{"integer", "tinyint", []string{"-128 -> -128", "128 -> !NUMERIC_VALUE_OUT_OF_RANGE Out of range for tinyint: 128"}},
		{"bigint", "double", []string{"9007199254740993 -> 9.007199254740992E15"}},
		{"bigint", "real", []string{"16777217 -> 1.6777216E7"}},
		{"bigint", "varchar", []string{"-5 -> -5"}},
		{"bigint", "varchar(2)", []string{"12 -> 12", "123 -> !INVALID_CAST_ARGUMENT Value 123 cannot be represented as varchar(2)"}},
		{"bigint", "decimal(5,2)", []string{"999 -> 999.00", "1000 -> !INVALID_CAST_ARGUMENT Cannot cast BIGINT '1000' to DECIMAL(5, 2)"}},
		{"bigint", "decimal(38,2)", []string{"999 -> 999.00", "9223372036854775807 -> 9223372036854775807.00", "NULL -> NULL"}},
		{"smallint", "decimal(2,0)", []string{"100 -> !INVALID_CAST_ARGUMENT Cannot cast SMALLINT '100' to DECIMAL(2, 0)", "99 -> 99"}},
		{"double", "bigint", []string{
			"2.5 -> 3", "-2.5 -> -3", "0.4 -> 0", "1e19 -> !INVALID_CAST_ARGUMENT Unable to cast 1.0E19 to bigint",
			"NaN -> !INVALID_CAST_ARGUMENT Unable to cast NaN to bigint",
		}},
		{"double", "integer", []string{
			"2.5 -> 3", "3e9 -> !NUMERIC_VALUE_OUT_OF_RANGE Out of range for integer: 3.0E9",
			"NaN -> !INVALID_CAST_ARGUMENT Cannot cast double NaN to integer",
		}},
		{"real", "bigint", []string{"1e30 -> 9223372036854775807", "NaN -> !INVALID_CAST_ARGUMENT Cannot cast real NaN to bigint"}},
		{"double", "real", []string{"0.1 -> 0.1", "1e300 -> Infinity"}},
		{"double", "boolean", []string{"0 -> false", "0.5 -> true"}},
		// Trap 34: always scientific.
		{"double", "varchar", []string{
			"0.25 -> 2.5E-1", "1 -> 1.0E0", "12345678 -> 1.2345678E7", "0 -> 0E0", "-0 -> -0E0", "NaN -> NaN", "-Inf -> -Infinity", "1e-7 -> 1.0E-7", "123.456 -> 1.23456E2",
		}},
		{"double", "varchar(3)", []string{"0.25 -> !INVALID_CAST_ARGUMENT Value 0.25 (2.5E-1) cannot be represented as varchar(3)"}},
		{"real", "varchar", []string{"0.1 -> 1.0E-1"}},
		{"double", "decimal(5,2)", []string{
			"1.005 -> 1.01", "-2.345 -> -2.35", "1234.5 -> !INVALID_CAST_ARGUMENT Cannot cast DOUBLE '1234.5' to DECIMAL(5, 2)",
			"NaN -> !INVALID_CAST_ARGUMENT Cannot cast DOUBLE 'NaN' to DECIMAL(5, 2)",
		}},
		{"double", "decimal(38,0)", []string{"1e20 -> 100000000000000000000", "12.5 -> 13"}},
		{"decimal(3,1)", "bigint", []string{"12.5 -> 13", "-12.5 -> -13", "NULL -> NULL"}},
		{"decimal(20,0)", "bigint", []string{"5 -> 5", "99999999999999999999 -> !INVALID_CAST_ARGUMENT Cannot cast '99999999999999999999' to BIGINT"}},
		{"decimal(12,1)", "integer", []string{"3000000000.6 -> !INVALID_CAST_ARGUMENT Cannot cast '3000000001' to INTEGER", "2.5 -> 3"}},
		{"decimal(22,1)", "integer", []string{"3000000000.6 -> !INVALID_CAST_ARGUMENT Cannot cast '3000000000.6' to INTEGER"}},
		{"decimal(10,0)", "decimal(12,0)", []string{"5 -> 5", "1234567890123456 -> !INVALID_CAST_ARGUMENT Cannot cast DECIMAL(10, 0) '1234567890123456' to DECIMAL(12, 0)"}},
		{"decimal(10,0)", "decimal(19,0)", []string{"1234567890123456 -> 1234567890123456", "5 -> 5"}},
		{"decimal(10,0)", "decimal(11,1)", []string{"1234567890123456 -> !INVALID_CAST_ARGUMENT Cannot cast DECIMAL(10, 0) '1234567890123456' to DECIMAL(11, 1)", "5 -> 5.0"}},
		{"decimal(10,2)", "decimal(38,0)", []string{"12.50 -> 13", "-12.50 -> -13", "12.49 -> 12"}},
		{"decimal(38,2)", "decimal(10,1)", []string{"12.55 -> 12.6", "99999999999999999999 -> !INVALID_CAST_ARGUMENT Cannot cast DECIMAL(38, 2) '99999999999999999999.00' to DECIMAL(10, 1)"}},
		{"decimal(38,2)", "decimal(38,4)", []string{"12.55 -> 12.5500", "999999999999999999999999999999999999.00 -> !INVALID_CAST_ARGUMENT Cannot cast DECIMAL(38, 2) '999999999999999999999999999999999999.00' to DECIMAL(38, 4)"}},
		{"decimal(10,2)", "varchar", []string{"0.50 -> 0.50", "-0.05 -> -0.05", "5 -> 5.00"}},
		{"decimal(38,10)", "varchar(3)", []string{"0.5 -> !INVALID_CAST_ARGUMENT Value 0.5000000000 cannot be represented as varchar(3)"}},
		{"decimal(10,2)", "double", []string{"0.10 -> 0.1"}},
		{"decimal(38,2)", "double", []string{"0.10 -> 0.1", "12345678901234567890.12 -> 1.2345678901234567E19"}},
		{"decimal(10,2)", "real", []string{"0.10 -> 0.1"}},
		{"decimal(38,2)", "boolean", []string{"0 -> false", "0.01 -> true"}},
		{"varchar", "boolean", []string{
			"t -> true", "TRUE -> true", "1 -> true", "f -> false", "False -> false", "0 -> false",
			"yes -> !INVALID_CAST_ARGUMENT Cannot cast 'yes' to BOOLEAN",
		}},
		{"varchar", "bigint", []string{
			" 12 -> 12", "+5 -> 5", "-5 -> -5", "٣ -> 3",
			"5.0 -> !INVALID_CAST_ARGUMENT Cannot cast '5.0' to BIGINT", "1e3 -> !INVALID_CAST_ARGUMENT Cannot cast '1e3' to BIGINT",
			"12.5 -> !INVALID_CAST_ARGUMENT Cannot cast '12.5' to BIGINT", "1_0 -> !INVALID_CAST_ARGUMENT Cannot cast '1_0' to BIGINT",
			"9223372036854775808 -> !INVALID_CAST_ARGUMENT Cannot cast '9223372036854775808' to BIGINT",
		}},
		{"varchar", "integer", []string{"x -> !INVALID_CAST_ARGUMENT Cannot cast 'x' to INT", "7 -> 7"}},
		{"varchar", "smallint", []string{"32768 -> !INVALID_CAST_ARGUMENT Cannot cast '32768' to SMALLINT"}},
		{"varchar", "double", []string{
			"1e3 -> 1000.0", " 1.5 -> 1.5", "Infinity -> Infinity", "NaN -> NaN", ".5 -> 0.5", "5. -> 5.0", "1d -> 1.0", "1e400 -> Infinity",
			"inf -> !INVALID_CAST_ARGUMENT Cannot cast 'inf' to DOUBLE", "abc -> !INVALID_CAST_ARGUMENT Cannot cast 'abc' to DOUBLE", "1_0 -> !INVALID_CAST_ARGUMENT Cannot cast '1_0' to DOUBLE",
		}},
		{"varchar", "real", []string{"0.1 -> 0.1", "x -> !INVALID_CAST_ARGUMENT Cannot cast 'x' to REAL"}},
		{"varchar", "decimal(38,0)", []string{
			"12.5 -> 13", " 12 -> !INVALID_CAST_ARGUMENT Cannot cast VARCHAR ' 12' to DECIMAL(38, 0). Value is not a number.",
		}},
		{"varchar", "decimal(10,2)", []string{
			"1e3 -> 1000.00", ".5 -> 0.50", "5. -> 5.00", "+5 -> 5.00",
			"1e9 -> !INVALID_CAST_ARGUMENT Cannot cast VARCHAR '1e9' to DECIMAL(10, 2). Value too large.",
		}},
		{"varchar", "date", []string{
			"2023-06-30 -> 2023-06-30", " 2023-06-30  -> 2023-06-30", "2023-02-30 -> !INVALID_CAST_ARGUMENT Value cannot be cast to date: 2023-02-30",
			"2023-06-30 00:00:00 -> !INVALID_CAST_ARGUMENT Value cannot be cast to date: 2023-06-30 00:00:00",
		}},
		{"varchar", "timestamp(3)", []string{
			"2023-06-30 09:09:47.7875 -> 2023-06-30 09:09:47.788", "2023-06-30 -> 2023-06-30 00:00:00.000",
			"2023-06-30T09:09:47 -> !INVALID_CAST_ARGUMENT Value cannot be cast to timestamp: 2023-06-30T09:09:47", "NULL -> NULL",
		}},
		{"varchar", "timestamp(9)", []string{"2023-06-30 09:09:47.787017123 -> 2023-06-30 09:09:47.787017123"}},
		{"varchar", "timestamp(3) with time zone", []string{
			"2023-06-30 09:09:47.787 +09:00 -> 2023-06-30 09:09:47.787 +09:00", "2023-06-30 09:09:47 -> 2023-06-30 09:09:47.000 UTC",
			"x -> !INVALID_CAST_ARGUMENT Value cannot be cast to timestamp: x",
		}},
		{"varchar", "time(3)", []string{"01:02:03.4567 -> 01:02:03.457", "25:00 -> !INVALID_CAST_ARGUMENT Value cannot be cast to time: 25:00"}},
		{"varchar", "time(3) with time zone", []string{"01:02:03.4567+09:00 -> 01:02:03.457+09:00", "x -> !INVALID_CAST_ARGUMENT Value cannot be cast to time with time zone: x"}},
		{"varchar", "varchar(3)", []string{"abcdef -> abc", "äöüß -> äöü", "ab -> ab", "NULL -> NULL"}},
		{"varchar", "char(4)", []string{"abcdef -> abcd", "a   -> a", "ab  cd -> ab"}},
		{"char(5)", "varchar", []string{"ab -> ab   "}},
		{"char(5)", "varchar(3)", []string{"a -> a  ", "abcde -> abc"}},
		{"char(5)", "char(2)", []string{"a cde -> a"}},
		{"varchar", "varbinary", []string{"abc -> abc"}},
		{"varchar", "uuid", []string{
			"12151fd2-7586-11e9-8f9e-2a86e4085a59 -> 12151fd2-7586-11e9-8f9e-2a86e4085a59",
			"x -> !INVALID_CAST_ARGUMENT Cannot cast value to UUID: x", "1-2-3-4-5 -> !INVALID_CAST_ARGUMENT Invalid UUID string length: 9",
		}},
		{"varbinary", "uuid", []string{"abc -> !INVALID_CAST_ARGUMENT Invalid UUID binary length: 3"}},
		{"varchar", "ipaddress", []string{"1.2.3.400 -> !INVALID_CAST_ARGUMENT Cannot cast value to IPADDRESS: 1.2.3.400"}},
		{"date", "varchar", []string{"2023-06-30 -> 2023-06-30"}},
		{"date", "varchar(4)", []string{"2023-06-30 -> !INVALID_CAST_ARGUMENT Value 2023-06-30 cannot be represented as varchar(4)"}},
		{"date", "timestamp(3)", []string{"2023-06-30 -> 2023-06-30 00:00:00.000", "1969-12-31 -> 1969-12-31 00:00:00.000"}},
		{"date", "timestamp(9)", []string{"1969-12-31 -> 1969-12-31 00:00:00.000000000"}},
		{"date", "timestamp(3) with time zone", []string{"2023-06-30 -> 2023-06-30 00:00:00.000 UTC"}},
		{"timestamp(6)", "date", []string{"1969-12-31 23:59:59.999999 -> 1969-12-31", "2023-06-30 09:09:47 -> 2023-06-30"}},
		{"timestamp(6)", "timestamp(3)", []string{"2023-06-30 09:09:47.787517 -> 2023-06-30 09:09:47.788"}},
		{"timestamp(9)", "timestamp(3)", []string{"2023-06-30 09:09:47.787499999 -> 2023-06-30 09:09:47.787", "NULL -> NULL"}},
		{"timestamp(3)", "timestamp(9)", []string{"2023-06-30 09:09:47.787 -> 2023-06-30 09:09:47.787000000"}},
		{"timestamp(3)", "time(0)", []string{"2023-06-30 09:09:47.787 -> 09:09:48"}},
		{"timestamp(3)", "varchar", []string{"2023-06-30 09:09:47.787 -> 2023-06-30 09:09:47.787"}},
		{"timestamp(3)", "timestamp(3) with time zone", []string{"2023-06-30 09:09:47.787 -> 2023-06-30 09:09:47.787 UTC"}},
		{"timestamp(3) with time zone", "timestamp(3)", []string{"2023-06-30 09:09:47.787 +09:00 -> 2023-06-30 09:09:47.787"}},
		{"timestamp(3) with time zone", "date", []string{"2023-06-30 01:00:00 +09:00 -> 2023-06-30"}},
		{"timestamp(3) with time zone", "varchar", []string{"2023-06-30 09:09:47.787 UTC -> 2023-06-30 09:09:47.787 UTC"}},
		{"timestamp(3) with time zone", "time(3)", []string{"2023-06-30 09:09:47.787 +09:00 -> 09:09:47.787"}},
		{"timestamp(3) with time zone", "time(3) with time zone", []string{"2023-06-30 09:09:47.787 +09:00 -> 09:09:47.787+09:00"}},
		{"time(3)", "varchar", []string{"01:02:03.456 -> 01:02:03.456"}},
		{"time(3)", "time(0)", []string{"23:59:59.500 -> 00:00:00"}},
		{"time(3)", "timestamp(3)", []string{"01:02:03.456 -> 2023-06-30 01:02:03.456"}},
		{"time(3)", "time(3) with time zone", []string{"01:02:03.456 -> 01:02:03.456+00:00"}},
		{"time(3) with time zone", "time(3)", []string{"01:02:03.456+09:00 -> 01:02:03.456"}},
		{"time(3) with time zone", "timestamp(3) with time zone", []string{"10:02:03.456+09:00 -> 2023-06-30 10:02:03.456 +09:00"}},
		{"interval day to second", "varchar", []string{"1500 -> 0 00:00:01.500", "-90061001 -> -1 01:01:01.001"}},
		{"interval year to month", "varchar", []string{"18 -> 1-6", "-1 -> -0-1"}},
		{"unknown", "bigint", []string{"NULL -> NULL"}},
		{"unknown", "array(bigint)", []string{"NULL -> NULL"}},
		{"array(integer)", "array(bigint)", []string{"[1,NULL] -> [1,NULL]", "NULL -> NULL", "[] -> []"}},
		{"array(bigint)", "array(integer)", []string{"[1,NULL] -> [1,NULL]", "[1,2147483648] -> !NUMERIC_VALUE_OUT_OF_RANGE Out of range for integer: 2147483648"}},
		{"array(varchar)", "array(decimal(5,2))", []string{"[1,NULL,2.5] -> [1.00,NULL,2.50]", "[1,x] -> !INVALID_CAST_ARGUMENT Cannot cast VARCHAR 'x' to DECIMAL(5, 2). Value is not a number."}},
		{"array(array(varchar))", "array(array(bigint))", []string{"[[1],[],NULL] -> [[1],[],NULL]", "[[1],[2,x]] -> !INVALID_CAST_ARGUMENT Cannot cast 'x' to BIGINT"}},
		{"row(a bigint, b varchar)", "row(x varchar, y bigint)", []string{"[1,2] -> [1,2]", "[NULL,2] -> [NULL,2]", "[1,x] -> !INVALID_CAST_ARGUMENT Cannot cast 'x' to BIGINT"}},
		{"map(varchar, varchar)", "map(bigint, double)", []string{
			"{1=2,3=NULL} -> {1=2.0,3=NULL}", "{1=2,01=3} -> !INVALID_CAST_ARGUMENT duplicate keys", "{a=2} -> !INVALID_CAST_ARGUMENT Cannot cast 'a' to BIGINT",
		}},
	} {
		from, to := typ(t, c.from), typ(t, c.to)
		x := exprCase{c.from + " to " + c.to, c.from, castTo(to), c.rows}
		t.Run(x.name, x.run)
		// TRY_CAST gives the same values, and NULL for every failure.
		var safe []string
		for _, r := range c.rows {
			if in, want, _ := strings.Cut(r, " -> "); strings.HasPrefix(want, "!") {
				r = in + " -> NULL"
			}
			safe = append(safe, r)
		}
		y := exprCase{"try " + x.name, c.from, tryCastTo(to), safe}
		t.Run(y.name, y.run)
		if !types.CanCast(from, to) {
			t.Errorf("the analyzer refuses %s to %s", from, to)
		}
	}
}

// TestEveryCastHasABody: what the analyzer lets through can be computed. Casts
// from and to JSON, and of sketches, are registered elsewhere.
func TestEveryCastHasABody(t *testing.T) {
	kinds := []types.Type{
		types.Boolean, types.Tinyint, types.Smallint, types.Integer, types.Bigint, types.Real, types.Double,
		types.Decimal(10, 2), types.Decimal(30, 2), types.Varchar, types.VarcharN(3), types.CharN(3), types.Varbinary, types.Date,
		types.Time(3), types.Time(12), types.TimeTZ(3), types.Timestamp(3), types.Timestamp(9), types.TimestampTZ(3), types.TimestampTZ(9),
		types.IntervalDaySecond, types.IntervalYearMonth, types.UUID, types.IPAddress,
		types.Array(types.Varchar), types.Array(types.Bigint), types.Map(types.Varchar, types.Double), types.Map(types.Bigint, types.Varchar),
		types.Row(types.Field{Name: "a", Type: types.Bigint}), types.Row(types.Field{Type: types.Varchar}), types.Unknown,
	}
	for _, from := range kinds {
		for _, to := range kinds {
			_, err := newCast(from, to)
			if can := types.CanCast(from, to); can && err != nil {
				t.Errorf("no body for %s to %s: %v", from, to, err)
			} else if !can && err == nil {
				t.Errorf("body for %s to %s, which the analyzer refuses", from, to)
			}
		}
	}
}
