// Package sqlerr defines the one error type that reaches a user: a code with
// Trino's name, a position, a message, and what is needed to find the bad
// byte in a data file.
//
// A statement's error (parse, analysis, evaluation) carries Pos, a byte offset
// into the statement's text; line and column are computed only when printing.
// A data error carries Data, which names file, record, byte and path.
package sqlerr

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Code is an error's name, spelled as Trino's StandardErrorCode and
// HiveErrorCode spell it.
type Code string

// Codes in use. The names are Trino's (StandardErrorCode, HiveErrorCode);
// those of the last block are Athena's or ionq's own.
const (
	SyntaxError                   Code = "SYNTAX_ERROR"
	ColumnNotFound                Code = "COLUMN_NOT_FOUND"
	TableNotFound                 Code = "TABLE_NOT_FOUND"
	SchemaNotFound                Code = "SCHEMA_NOT_FOUND"
	CatalogNotFound               Code = "CATALOG_NOT_FOUND"
	FunctionNotFound              Code = "FUNCTION_NOT_FOUND"
	OperatorNotFound              Code = "OPERATOR_NOT_FOUND"
	TypeNotFound                  Code = "TYPE_NOT_FOUND"
	TypeMismatch                  Code = "TYPE_MISMATCH"
	AmbiguousName                 Code = "AMBIGUOUS_NAME"
	AmbiguousFunctionCall         Code = "AMBIGUOUS_FUNCTION_CALL"
	MissingColumnName             Code = "MISSING_COLUMN_NAME"
	MissingColumnAliases          Code = "MISSING_COLUMN_ALIASES"
	MismatchedColumnAliases       Code = "MISMATCHED_COLUMN_ALIASES"
	DuplicateColumnName           Code = "DUPLICATE_COLUMN_NAME"
	ColumnTypeUnknown             Code = "COLUMN_TYPE_UNKNOWN"
	InvalidColumnReference        Code = "INVALID_COLUMN_REFERENCE"
	InvalidLiteral                Code = "INVALID_LITERAL"
	InvalidCastArgument           Code = "INVALID_CAST_ARGUMENT"
	InvalidFunctionArgument       Code = "INVALID_FUNCTION_ARGUMENT"
	InvalidArguments              Code = "INVALID_ARGUMENTS"
	InvalidParameterUsage         Code = "INVALID_PARAMETER_USAGE"
	InvalidWindowFrame            Code = "INVALID_WINDOW_FRAME"
	InvalidWindowReference        Code = "INVALID_WINDOW_REFERENCE"
	InvalidPartitionBy            Code = "INVALID_PARTITION_BY"
	InvalidView                   Code = "INVALID_VIEW"
	InvalidTableProperty          Code = "INVALID_TABLE_PROPERTY"
	InvalidLimitClause            Code = "INVALID_LIMIT_CLAUSE"
	InvalidOrderBy                Code = "INVALID_ORDER_BY"
	InvalidRecursiveReference     Code = "INVALID_RECURSIVE_REFERENCE"
	InvalidPath                   Code = "INVALID_PATH"
	DivisionByZero                Code = "DIVISION_BY_ZERO"
	NumericValueOutOfRange        Code = "NUMERIC_VALUE_OUT_OF_RANGE"
	ExpressionNotAggregate        Code = "EXPRESSION_NOT_AGGREGATE"
	ExpressionNotInDistinct       Code = "EXPRESSION_NOT_IN_DISTINCT"
	ExpressionNotScalar           Code = "EXPRESSION_NOT_SCALAR"
	ExpressionNotConstant         Code = "EXPRESSION_NOT_CONSTANT"
	FunctionNotAggregate          Code = "FUNCTION_NOT_AGGREGATE"
	FunctionNotWindow             Code = "FUNCTION_NOT_WINDOW"
	MissingOver                   Code = "MISSING_OVER"
	MissingGroupBy                Code = "MISSING_GROUP_BY"
	MissingOrderBy                Code = "MISSING_ORDER_BY"
	NestedAggregation             Code = "NESTED_AGGREGATION"
	NestedWindow                  Code = "NESTED_WINDOW"
	NestedRecursive               Code = "NESTED_RECURSIVE"
	NullTreatmentNotAllowed       Code = "NULL_TREATMENT_NOT_ALLOWED"
	DuplicateNamedQuery           Code = "DUPLICATE_NAMED_QUERY"
	DuplicateWindowName           Code = "DUPLICATE_WINDOW_NAME"
	DuplicateParameterName        Code = "DUPLICATE_PARAMETER_NAME"
	DuplicateColumnOrPathName     Code = "DUPLICATE_COLUMN_OR_PATH_NAME"
	MissingPathName               Code = "MISSING_PATH_NAME"
	InvalidPlan                   Code = "INVALID_PLAN"
	SubqueryMultipleRows          Code = "SUBQUERY_MULTIPLE_ROWS"
	TooManyArguments              Code = "TOO_MANY_ARGUMENTS"
	QueryHasTooManyStages         Code = "QUERY_HAS_TOO_MANY_STAGES"
	TooManyGroupingSets           Code = "TOO_MANY_GROUPING_SETS"
	TableAlreadyExists            Code = "TABLE_ALREADY_EXISTS"
	SchemaAlreadyExists           Code = "SCHEMA_ALREADY_EXISTS"
	SchemaNotEmpty                Code = "SCHEMA_NOT_EMPTY"
	ConstraintViolation           Code = "CONSTRAINT_VIOLATION"
	TableHasNoColumns             Code = "TABLE_HAS_NO_COLUMNS"
	ViewIsStale                   Code = "VIEW_IS_STALE"
	ViewIsRecursive               Code = "VIEW_IS_RECURSIVE"
	NotSupported                  Code = "NOT_SUPPORTED"
	NotFound                      Code = "NOT_FOUND"
	UserCanceled                  Code = "USER_CANCELED"
	ExceededTimeLimit             Code = "EXCEEDED_TIME_LIMIT"
	ExceededLocalMemoryLimit      Code = "EXCEEDED_LOCAL_MEMORY_LIMIT"
	ExceededFunctionMemory        Code = "EXCEEDED_FUNCTION_MEMORY_LIMIT"
	OutOfSpillSpace               Code = "OUT_OF_SPILL_SPACE"
	GenericSpillFailure           Code = "GENERIC_SPILL_FAILURE"
	GenericUserError              Code = "GENERIC_USER_ERROR"
	FunctionImplementationMissing Code = "FUNCTION_IMPLEMENTATION_MISSING"
	GenericInternalError          Code = "GENERIC_INTERNAL_ERROR"
	PathEvaluationError           Code = "PATH_EVALUATION_ERROR"
	JSONInputConversionError      Code = "JSON_INPUT_CONVERSION_ERROR"
	JSONOutputConversionError     Code = "JSON_OUTPUT_CONVERSION_ERROR"
	JSONValueResultError          Code = "JSON_VALUE_RESULT_ERROR"
	ConfigurationInvalid          Code = "CONFIGURATION_INVALID"
	HiveBadData                   Code = "HIVE_BAD_DATA"
	HiveCursorError               Code = "HIVE_CURSOR_ERROR"
	HiveCannotOpenSplit           Code = "HIVE_CANNOT_OPEN_SPLIT"
	HiveFilesystemError           Code = "HIVE_FILESYSTEM_ERROR"
	HiveMetastoreError            Code = "HIVE_METASTORE_ERROR"
	HiveUnsupportedFormat         Code = "HIVE_UNSUPPORTED_FORMAT"
	HiveInvalidMetadata           Code = "HIVE_INVALID_METADATA"
	HiveUnknownError              Code = "HIVE_UNKNOWN_ERROR"
	HiveColumnOrderMismatch       Code = "HIVE_COLUMN_ORDER_MISMATCH"
	HiveWriterDataError           Code = "HIVE_WRITER_DATA_ERROR"
	HivePathAlreadyExists         Code = "HIVE_PATH_ALREADY_EXISTS"
	HiveTooManyOpenPartitions     Code = "HIVE_TOO_MANY_OPEN_PARTITIONS"
	HiveInvalidPartitionValue     Code = "HIVE_INVALID_PARTITION_VALUE"
	HivePartitionSchemaMismatch   Code = "HIVE_PARTITION_SCHEMA_MISMATCH"
	HiveFileNotFound              Code = "HIVE_FILE_NOT_FOUND"
	ParseException                Code = "PARSE_EXCEPTION"        // Athena's Hive DDL: "FAILED: ParseException line ..."
	SemanticException             Code = "SEMANTIC_EXCEPTION"     // Athena's Hive DDL: "FAILED: SemanticException ..."
	ExportNotAsPromised           Code = "EXPORT_NOT_AS_PROMISED" // ionq: the data is not what the manifest says
)

// Pos is a place in a statement's text: 1 + its byte offset. Zero is "no place".
type Pos int32

// At returns the Pos of byte offset off.
func At(off int) Pos { return Pos(off + 1) }

// Offset returns the byte offset, or -1 where p is no place.
func (p Pos) Offset() int { return int(p) - 1 }

// Error is every error that a statement can end with.
type Error struct {
	Code Code
	Pos  Pos    // place in the statement; 0 where there is none
	Msg  string // as Athena words it, without code and without "line L:C: "
	Hint string // what to do about it, or a suggestion; may be empty
	Data *Data  // place in a data file; nil where there is none
	Text string // the statement that Pos is a place in, where it is not the one submitted: what EXECUTE runs
	Err  error  // cause; may be nil
}

// Data is a place in a data file and what was met there.
type Data struct {
	File    string // path or URL as the user would name it
	Record  int64  // 1-based number of the record (Ion top-level value) in the file; 0 unknown
	Offset  int64  // byte offset in the decompressed stream; -1 unknown
	Path    string // Ion path such as (Item amount); empty where none
	IonType string // Ion type met; empty where none
	SQLType string // type of the column; empty where none
	Text    string // the offending text, shortened; empty where none
}

// New returns an Error without a place.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Msg: sprintf(format, args)}
}

// Newf returns an Error at pos.
func Newf(code Code, pos Pos, format string, args ...any) *Error {
	return &Error{Code: code, Pos: pos, Msg: sprintf(format, args)}
}

func sprintf(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// WithHint sets the hint and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = sprintf(format, args)
	return e
}

// WithData sets the place in a data file and returns e.
func (e *Error) WithData(d Data) *Error {
	e.Data = &d
	return e
}

// Wrap sets the cause and returns e.
func (e *Error) Wrap(err error) *Error {
	e.Err = err
	return e
}

// Error gives "CODE: message", with the data place where there is one.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	b.WriteString(": ")
	b.WriteString(e.Msg)
	if e.Data != nil {
		b.WriteString(" [")
		b.WriteString(e.Data.String())
		b.WriteString("]")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// String gives the place in words: file, record, byte, path, types, text.
func (d *Data) String() string {
	var parts []string
	if d.File != "" {
		parts = append(parts, "file "+d.File)
	}
	if d.Record > 0 {
		parts = append(parts, fmt.Sprintf("record %d", d.Record))
	}
	if d.Offset >= 0 {
		parts = append(parts, fmt.Sprintf("byte %d", d.Offset))
	}
	if d.Path != "" {
		parts = append(parts, "path "+d.Path)
	}
	if d.IonType != "" {
		parts = append(parts, "Ion "+d.IonType)
	}
	if d.SQLType != "" {
		parts = append(parts, "SQL "+d.SQLType)
	}
	if d.Text != "" {
		parts = append(parts, "value "+d.Text)
	}
	return strings.Join(parts, ", ")
}

// As returns err as an *Error. An error of another kind becomes
// GENERIC_INTERNAL_ERROR with err as its cause; nil stays nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: GenericInternalError, Msg: err.Error(), Err: err}
}

// CodeOf returns the code of err, or "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return As(err).Code
}

// Place returns the line and the column of e, and the text that they are in: the
// submitted statement or the prepared one that it executes.
func (e *Error) Place(submitted string) (line, col int, in string) {
	if e.Text != "" {
		submitted = e.Text
	}
	line, col = e.Pos.LineCol(submitted)
	return line, col, submitted
}

// LineCol returns the 1-based line and column of p in text; the column counts
// code points, as Trino's positions do. Both are 0 where p is no place.
func (p Pos) LineCol(text string) (line, col int) {
	off := p.Offset()
	if off < 0 {
		return 0, 0
	}
	off = min(off, len(text))
	line = 1 + strings.Count(text[:off], "\n")
	start := strings.LastIndexByte(text[:off], '\n') + 1
	return line, 1 + utf8.RuneCountInString(text[start:off])
}
