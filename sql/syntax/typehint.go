package syntax

// What to write in place of a type that there is not: names of other systems, and
// of the other of Athena's two grammars, before those that look alike.

import (
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

var typeNames = map[Dialect][]string{
	Trino: {
		"boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal", "varchar", "char", "varbinary", "json", "date", "time",
		"timestamp", "interval", "array", "map", "row", "ipaddress", "uuid", "HyperLogLog", "tdigest", "qdigest",
	},
	Hive: {
		"boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal", "string", "varchar(n)", "char(n)", "binary", "date", "timestamp",
		"array<...>", "map<...>", "struct<...>",
	},
}

// foreignTypes are names that people know from elsewhere: what they are in queries, and
// in DDL.
var foreignTypes = map[string][2]string{
	"string": {"varchar", "string"}, "text": {"varchar", "string"}, "nvarchar": {"varchar", "string"}, "varchar2": {"varchar", "string"}, "clob": {"varchar", "string"},
	"float": {"real or double", "float"}, "float4": {"real", "float"}, "float8": {"double", "double"}, "float32": {"real", "float"}, "float64": {"double", "double"}, "real": {"real", "float"},
	"int2": {"smallint", "smallint"}, "int4": {"integer", "int"}, "int8": {"bigint", "bigint"}, "int16": {"smallint", "smallint"}, "int32": {"integer", "int"},
	"int64": {"bigint", "bigint"}, "long": {"bigint", "bigint"}, "short": {"smallint", "smallint"}, "byte": {"tinyint", "tinyint"},
	"bool": {"boolean", "boolean"}, "number": {"decimal", "decimal"}, "numeric": {"decimal", "decimal"}, "dec": {"decimal", "decimal"}, "datetime": {"timestamp", "timestamp"},
	"timestamptz": {"timestamp with time zone", "timestamp"}, "binary": {"varbinary", "binary"}, "varbinary": {"varbinary", "binary"}, "blob": {"varbinary", "binary"},
	"bytea": {"varbinary", "binary"}, "bytes": {"varbinary", "binary"}, "struct": {"row", "struct<...>"}, "row": {"row", "struct<...>"}, "list": {"array", "array<...>"},
	"json": {"json", "string"},
}

// SuggestType says what may be meant by a type that there is not, or "".
func SuggestType(name string, d Dialect) string {
	low := strings.ToLower(name)
	names := foreignTypes[low]
	s := names[0]
	if d == Hive {
		s = names[1]
	}
	if s == "" {
		s = sqlerr.Nearest(low, typeNames[d])
	}
	if s == "" || s == low {
		return ""
	}
	return "did you mean " + s + "?"
}
