// Package syntax turns statements into trees and trees back into text. It knows
// both of Athena's grammars: Trino's query language (Athena engine version 3),
// which queries, INSERT, CTAS, views, UNLOAD, PREPARE and EXPLAIN use, and the
// dialect of HiveQL that the remaining DDL and most SHOW statements use.
//
// Parse is the door. It says nothing about meaning: names are not resolved,
// types are not checked, and statements that nobody executes still get a tree,
// so that the analyzer can refuse them by name and position.
//
// This file is the syntax tree. Names follow Trino's tree classes where there
// is one. Positions are those that Trino reports (AstBuilder.getLocation): the
// first token of the construct, except that binary operators, comparisons,
// predicates (BETWEEN, IN, LIKE, IS) and AT TIME ZONE point at the operator
// (at NOT in "x NOT IN ...").
package syntax

import "github.com/ionq-db/ionq/sql/sqlerr"

// Node is any part of a syntax tree.
type Node interface {
	Pos() sqlerr.Pos
}

// Base holds a node's place; every node embeds it.
type Base struct {
	At sqlerr.Pos
}

// Pos returns the node's place in the statement's text.
func (b Base) Pos() sqlerr.Pos { return b.At }

// move shifts the place; see EXECUTE IMMEDIATE.
func (b *Base) move(delta sqlerr.Pos) { b.At += delta }

// Statement is a whole statement.
type Statement interface {
	Node
	statement()
}

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Relation is what may stand in FROM.
type Relation interface {
	Node
	relation()
}

// QueryBody is the part of a query that ORDER BY, OFFSET and LIMIT apply to:
// *QuerySpec, *SetOperation, *Values, *Table (TABLE t) or *TableSubquery.
type QueryBody interface {
	Node
	queryBody()
}

// ---------------------------------------------------------------- names

// Identifier is one name. As an expression it is a column reference without a
// qualifier. Value is the name as written, without its quotes and with doubled
// quotes undone; names compare without regard to case, quoted or not.
type Identifier struct {
	Base
	Value  string
	Quoted bool // written in double quotes (Trino) or backquotes (Hive)
}

// QualifiedName is a dotted name such as catalog.schema.table.
type QualifiedName struct {
	Base
	Parts []*Identifier // at least one
}

// ---------------------------------------------------------------- queries

// QueryStatement is a query standing as a statement.
type QueryStatement struct {
	Base
	Query *Query
}

// Query is [WITH ...] body [ORDER BY ...] [OFFSET ...] [LIMIT ... | FETCH ...].
// ORDER BY always hangs here, also over a *QuerySpec, whose columns it sees.
type Query struct {
	Base
	With    *With // nil without WITH
	Body    QueryBody
	OrderBy *OrderBy // nil without
	Offset  *Offset  // nil without
	Limit   Limit    // *LimitClause, *FetchFirst, or nil
}

// With is WITH [RECURSIVE] name AS (...), ...
type With struct {
	Base
	Recursive bool
	Queries   []*WithQuery
}

// WithQuery is one named query of WITH.
type WithQuery struct {
	Base
	Name    *Identifier
	Columns []*Identifier // nil without a column list
	Query   *Query
}

// OrderBy is ORDER BY with at least one item.
type OrderBy struct {
	Base
	Items []*SortItem
}

// Ordering is ASC or DESC.
type Ordering uint8

// The orderings. Ascending is also what nothing written means.
const (
	Ascending Ordering = iota
	Descending
)

// NullOrdering says where nulls go.
type NullOrdering uint8

// The null orderings. NullsDefault means last, in both directions, in Trino.
const (
	NullsDefault NullOrdering = iota
	NullsFirst
	NullsLast
)

// SortItem is one key of an ORDER BY.
type SortItem struct {
	Base
	Expr     Expr
	Ordering Ordering
	Nulls    NullOrdering
}

// Offset is OFFSET n [ROW|ROWS]; Count is a *LongLiteral or a *Parameter.
type Offset struct {
	Base
	Count Expr
}

// Limit is *LimitClause or *FetchFirst.
type Limit interface {
	Node
	limit()
}

// LimitClause is LIMIT n or LIMIT ALL. Count is a *LongLiteral or a
// *Parameter, and nil for ALL.
type LimitClause struct {
	Base
	Count Expr
}

// FetchFirst is FETCH FIRST [n] ROWS ONLY | WITH TIES. Count is nil where it
// is not written, which means 1.
type FetchFirst struct {
	Base
	Count    Expr
	WithTies bool
}

// QuerySpec is SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... WINDOW ...
type QuerySpec struct {
	Base
	Distinct bool
	Items    []SelectItem // at least one
	From     []Relation   // comma separated; implicit cross joins; nil without FROM
	Where    Expr         // nil without
	GroupBy  *GroupBy     // nil without
	Having   Expr         // nil without
	Windows  []*WindowDefinition
}

// SelectItem is *SingleColumn or *AllColumns.
type SelectItem interface {
	Node
	selectItem()
}

// SingleColumn is expression [[AS] alias].
type SingleColumn struct {
	Base
	Expr  Expr
	Alias *Identifier // nil without
}

// AllColumns is * or expression.* [AS (aliases)].
type AllColumns struct {
	Base
	Target  Expr          // nil for a bare *
	Aliases []*Identifier // nil without
}

// GroupBy is GROUP BY [DISTINCT | ALL] element, ...
type GroupBy struct {
	Base
	Distinct bool
	Elements []GroupingElement
}

// GroupingElement is *SimpleGroupBy or *GroupingSets.
type GroupingElement interface {
	Node
	groupingElement()
}

// SimpleGroupBy is one expression, or a parenthesised list of them, in GROUP
// BY: the columns all join every grouping set. An empty list is ().
type SimpleGroupBy struct {
	Base
	Columns []Expr
}

// GroupingKind tells the three grouping set forms apart.
type GroupingKind uint8

// The grouping set forms.
const (
	ExplicitSets GroupingKind = iota // GROUPING SETS
	Rollup
	Cube
)

// GroupingSets is GROUPING SETS (...), ROLLUP (...) or CUBE (...).
type GroupingSets struct {
	Base
	Kind GroupingKind
	Sets [][]Expr
}

// SetOp is a set operation's kind.
type SetOp uint8

// The set operations.
const (
	Union SetOp = iota
	Intersect
	Except
)

// SetOperation is left UNION | INTERSECT | EXCEPT [ALL | DISTINCT] right. Pos
// is that of the operator's word.
type SetOperation struct {
	Base
	Op    SetOp
	All   bool // ALL; without it duplicates go
	Left  QueryBody
	Right QueryBody
}

// Values is VALUES row, row, ... A row of several columns is a *RowExpr.
type Values struct {
	Base
	Rows []Expr
}

// ---------------------------------------------------------------- relations

// Table is a table's or view's name in FROM, or TABLE name as a query.
type Table struct {
	Base
	Name   *QualifiedName
	Period *QueryPeriod // FOR TIMESTAMP | VERSION AS OF; nil without
}

// QueryPeriod is FOR TIMESTAMP AS OF x or FOR VERSION AS OF x.
type QueryPeriod struct {
	Base
	Version bool // VERSION, else TIMESTAMP
	End     Expr
}

// TableSubquery is a parenthesised query, in FROM or as a query's body.
type TableSubquery struct {
	Base
	Query *Query
}

// AliasedRelation is relation [AS] alias [(columns)].
type AliasedRelation struct {
	Base
	Relation Relation
	Alias    *Identifier
	Columns  []*Identifier // nil without a column list
}

// JoinType is a join's kind.
type JoinType uint8

// The join types. Joins by comma are several relations in QuerySpec.From.
const (
	CrossJoin JoinType = iota
	InnerJoin
	LeftJoin
	RightJoin
	FullJoin
)

// Join is left ... JOIN right. Exactly one of On, Using and Natural is set,
// unless Type is CrossJoin, where none is.
type Join struct {
	Base
	Type    JoinType
	Left    Relation
	Right   Relation
	On      Expr
	Using   []*Identifier
	Natural bool
}

// Lateral is LATERAL (query).
type Lateral struct {
	Base
	Query *Query
}

// Unnest is UNNEST (expr, ...) [WITH ORDINALITY].
type Unnest struct {
	Base
	Exprs          []Expr
	WithOrdinality bool
}

// SampledRelation is relation TABLESAMPLE BERNOULLI | SYSTEM (percentage).
type SampledRelation struct {
	Base
	Relation   Relation
	System     bool // SYSTEM, else BERNOULLI
	Percentage Expr
}

// TableFunction is TABLE (name (arguments [COPARTITION ...])).
type TableFunction struct {
	Base
	Name        *QualifiedName
	Args        []*TableFunctionArg
	Copartition [][]*QualifiedName
}

// TableFunctionArg is one argument, with exactly one of Expr, Table and
// Descriptor set.
type TableFunctionArg struct {
	Base
	Name       *Identifier // nil for a positional argument
	Expr       Expr
	Table      *TableArg
	Descriptor *Descriptor
}

// TableArg is TABLE (name or query) [alias] [PARTITION BY] [PRUNE | KEEP WHEN
// EMPTY] [ORDER BY] as an argument of a table function.
type TableArg struct {
	Base
	Relation    Relation
	PartitionBy []Expr // nil without PARTITION BY, empty for PARTITION BY ()
	Prune       bool
	Keep        bool
	OrderBy     *OrderBy
}

// Descriptor is DESCRIPTOR (name [type], ...); Fields is nil for CAST (NULL AS
// DESCRIPTOR).
type Descriptor struct {
	Base
	Fields []*DescriptorField
}

// DescriptorField is one field of a descriptor; Type may be nil.
type DescriptorField struct {
	Base
	Name *Identifier
	Type DataType
}

// JSONTable is JSON_TABLE (...).
type JSONTable struct {
	Base
	Path         *JSONPathInvocation
	Columns      []*JSONTableColumn
	Plan         *JSONTablePlan // PLAN (...); nil without
	PlanDefault  []string       // PLAN DEFAULT (...): its words; nil without
	ErrorOnError string         // "ERROR", "EMPTY" or ""
}

// JSONTableColumnKind tells the forms of a JSON_TABLE column apart.
type JSONTableColumnKind uint8

// The kinds of JSON_TABLE columns.
const (
	JSONOrdinalityColumn JSONTableColumnKind = iota
	JSONValueColumn
	JSONQueryColumn
	JSONNestedColumns
)

// JSONTableColumn is one column, or a NESTED group of columns, of JSON_TABLE.
type JSONTableColumn struct {
	Base
	Kind    JSONTableColumnKind
	Name    *Identifier // for NESTED the path's name, which may be nil
	Type    DataType
	Format  *JSONFormat
	Path    *StringLiteral
	Wrapper JSONWrapper
	Quotes  JSONQuotes
	Empty   *JSONBehavior
	Error   *JSONBehavior
	Columns []*JSONTableColumn
}

// JSONTablePlan is a node of PLAN (...): a name, or an operation over plans.
type JSONTablePlan struct {
	Base
	Name *Identifier // a leaf; else nil
	Op   string      // OUTER, INNER, UNION or CROSS
	Args []*JSONTablePlan
}

// PatternRecognition is relation MATCH_RECOGNIZE (...) [alias].
type PatternRecognition struct {
	Base
	Relation     Relation
	PartitionBy  []Expr
	OrderBy      *OrderBy
	Measures     []*Measure
	RowsPerMatch string // as written in canonical words, such as "ALL ROWS PER MATCH OMIT EMPTY MATCHES"; "" without
	Pattern      *PatternClauses
	Alias        *Identifier
	Columns      []*Identifier
}

// Measure is expression AS name in MEASURES.
type Measure struct {
	Base
	Expr Expr
	Name *Identifier
}

// PatternClauses are the clauses that MATCH_RECOGNIZE and a window frame with
// a pattern share.
type PatternClauses struct {
	Base
	AfterMatch string      // "", "TO NEXT ROW", "PAST LAST ROW", "TO FIRST", "TO LAST" or "TO"
	SkipTo     *Identifier // for the last three
	SearchMode string      // "", "INITIAL" or "SEEK"
	Pattern    *RowPattern // nil where a frame has none
	Subsets    []*SubsetDefinition
	Defines    []*VariableDefinition
}

// SubsetDefinition is name = (a, b, ...).
type SubsetDefinition struct {
	Base
	Name  *Identifier
	Union []*Identifier
}

// VariableDefinition is name AS expression in DEFINE.
type VariableDefinition struct {
	Base
	Name *Identifier
	Expr Expr
}

// PatternKind tells the forms of a row pattern apart.
type PatternKind uint8

// The kinds of row patterns.
const (
	PatternVariable PatternKind = iota
	PatternEmpty
	PatternStart // ^
	PatternEnd   // $
	PatternPermute
	PatternExclude // {- ... -}
	PatternConcat
	PatternAlternate
	PatternQuantified
)

// RowPattern is a node of a row pattern.
type RowPattern struct {
	Base
	Kind       PatternKind
	Name       *Identifier // of a variable
	Args       []*RowPattern
	Quantifier string // of PatternQuantified: "*", "+?", "{2,3}" ...
}

// ---------------------------------------------------------------- expressions

// NullLiteral is NULL.
type NullLiteral struct{ Base }

// BooleanLiteral is TRUE or FALSE.
type BooleanLiteral struct {
	Base
	Value bool
}

// StringLiteral is '...' or U&'...', already decoded.
type StringLiteral struct {
	Base
	Value string
}

// BinaryLiteral is X'...'.
type BinaryLiteral struct {
	Base
	Value []byte
}

// LongLiteral is an integer literal, possibly with a minus sign in front: the
// sign is part of the literal, so that -9223372036854775808 can be written.
type LongLiteral struct {
	Base
	Value int64
	Text  string // as written: -1_000, 0xFF
}

// DecimalLiteral is 12.5, 1. or .5, possibly signed. Whether it is a double or
// a decimal is the analyzer's business (semantics 11.1).
type DecimalLiteral struct {
	Base
	Text string // as written, underscores included
}

// DoubleLiteral is 1e3, possibly signed.
type DoubleLiteral struct {
	Base
	Value float64
	Text  string
}

// GenericLiteral is type 'text', such as DECIMAL '1.5', DATE '2020-01-01',
// TIMESTAMP '...', TIME '...', JSON '...', CHAR 'x', DOUBLE PRECISION '1'.
type GenericLiteral struct {
	Base
	Type  string // as written, not case-folded; "DOUBLE PRECISION" becomes "DOUBLE"
	Value string
}

// IntervalField is a field of an interval.
type IntervalField uint8

// The interval fields. NoField stands where TO is not written.
const (
	NoField IntervalField = iota
	Year
	Month
	Day
	Hour
	Minute
	Second
)

// IntervalLiteral is INTERVAL [+|-] 'text' field [TO field].
type IntervalLiteral struct {
	Base
	Value    string
	Negative bool
	From     IntervalField
	To       IntervalField // NoField without TO
}

// Parameter is ?; Index counts from 0 in order of appearance.
type Parameter struct {
	Base
	Index int
}

// BinaryOp is an operator of BinaryExpr.
type BinaryOp uint8

// The binary operators: arithmetic, concatenation, comparison.
const (
	Add BinaryOp = iota
	Subtract
	Multiply
	Divide
	Modulus
	Concat
	Equal
	NotEqual
	LessThan
	LessThanOrEqual
	GreaterThan
	GreaterThanOrEqual
)

var binaryOpText = [...]string{"+", "-", "*", "/", "%", "||", "=", "<>", "<", "<=", ">", ">="}

// String returns the operator as Trino writes it.
func (op BinaryOp) String() string { return binaryOpText[op] }

// IsArithmetic reports whether op is one of + - * / %.
func (op BinaryOp) IsArithmetic() bool { return op <= Modulus }

// IsComparison reports whether op is one of = <> < <= > >=.
func (op BinaryOp) IsComparison() bool { return op >= Equal }

// BinaryExpr is left op right; Pos is the operator's. Trino turns || into a
// call of concat; here it stays an operator.
type BinaryExpr struct {
	Base
	Op    BinaryOp
	Left  Expr
	Right Expr
}

// UnaryExpr is a sign before an expression that is not a number.
type UnaryExpr struct {
	Base
	Negative bool // -x, else +x
	Expr     Expr
}

// LogicalOp is AND or OR.
type LogicalOp uint8

// The logical operators.
const (
	And LogicalOp = iota
	Or
)

// String returns AND or OR.
func (op LogicalOp) String() string {
	if op == Or {
		return "OR"
	}
	return "AND"
}

// LogicalExpr is a chain a AND b AND c, or a OR b OR c, flattened. Pos is that
// of the first term.
type LogicalExpr struct {
	Base
	Op    LogicalOp
	Terms []Expr // at least two
}

// NotExpr is NOT x.
type NotExpr struct {
	Base
	Expr Expr
}

// Between is x [NOT] BETWEEN min AND max.
type Between struct {
	Base
	Not  bool
	Expr Expr
	Min  Expr
	Max  Expr
}

// InList is x [NOT] IN (a, b, ...).
type InList struct {
	Base
	Not  bool
	Expr Expr
	List []Expr
}

// InSubquery is x [NOT] IN (query).
type InSubquery struct {
	Base
	Not   bool
	Expr  Expr
	Query *Query
}

// Like is x [NOT] LIKE pattern [ESCAPE escape].
type Like struct {
	Base
	Not     bool
	Expr    Expr
	Pattern Expr
	Escape  Expr // nil without
}

// IsNull is x IS [NOT] NULL.
type IsNull struct {
	Base
	Not  bool
	Expr Expr
}

// IsDistinctFrom is left IS [NOT] DISTINCT FROM right.
type IsDistinctFrom struct {
	Base
	Not   bool
	Left  Expr
	Right Expr
}

// Quantifier is ALL, ANY or SOME.
type Quantifier uint8

// The quantifiers. SOME means ANY.
const (
	QuantifierAll Quantifier = iota
	QuantifierAny
	QuantifierSome
)

// Quantified is x op ALL | ANY | SOME (query).
type Quantified struct {
	Base
	Op         BinaryOp // a comparison
	Quantifier Quantifier
	Expr       Expr
	Query      *Query
}

// Exists is EXISTS (query).
type Exists struct {
	Base
	Query *Query
}

// SubqueryExpr is (query) as a scalar.
type SubqueryExpr struct {
	Base
	Query *Query
}

// AtTimeZone is x AT TIME ZONE zone; Zone is a *StringLiteral or an
// *IntervalLiteral. Pos is that of AT.
type AtTimeZone struct {
	Base
	Expr Expr
	Zone Expr
}

// RowExpr is (a, b) or ROW (a, ...).
type RowExpr struct {
	Base
	Items []Expr
}

// ArrayExpr is ARRAY[...].
type ArrayExpr struct {
	Base
	Items []Expr
}

// Subscript is base[index]; Pos is that of the base's first token.
type Subscript struct {
	Base
	Expr  Expr
	Index Expr
}

// Dereference is base.field: a qualified column or a row's field.
type Dereference struct {
	Base
	Expr  Expr
	Field *Identifier
}

// Lambda is x -> body or (x, y) -> body.
type Lambda struct {
	Base
	Params []*Identifier
	Body   Expr
}

// Case is CASE [operand] WHEN ... THEN ... [ELSE ...] END.
type Case struct {
	Base
	Operand Expr // nil for a searched CASE
	Whens   []*When
	Else    Expr // nil without
}

// When is WHEN condition THEN result.
type When struct {
	Base
	Condition Expr
	Result    Expr
}

// Cast is CAST (x AS type) or TRY_CAST (x AS type).
type Cast struct {
	Base
	Try  bool
	Expr Expr
	Type DataType
}

// CurrentKind is a special value without arguments.
type CurrentKind uint8

// The special values.
const (
	CurrentDate CurrentKind = iota
	CurrentTime
	CurrentTimestamp
	LocalTime
	LocalTimestamp
	CurrentUser
	CurrentCatalog
	CurrentSchema
	CurrentPath
)

var currentKindText = [...]string{
	"CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP",
	"CURRENT_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_PATH",
}

// String returns the word that stands for k in SQL.
func (k CurrentKind) String() string { return currentKindText[k] }

// Current is CURRENT_TIMESTAMP and its like.
type Current struct {
	Base
	Kind      CurrentKind
	Precision int // -1 where not written
}

// Extract is EXTRACT (field FROM x). Field is upper-cased; which words are
// fields is checked by the parser, as Trino's does.
type Extract struct {
	Base
	Field string
	Expr  Expr
}

// TrimSpec says which end TRIM works on.
type TrimSpec uint8

// The sides of TRIM. TrimBoth is also what nothing written means.
const (
	TrimBoth TrimSpec = iota
	TrimLeading
	TrimTrailing
)

// Trim is TRIM ([spec] [char] FROM source) or TRIM (source, char).
type Trim struct {
	Base
	Spec   TrimSpec
	Source Expr
	Char   Expr // nil without
}

// GroupingOperation is GROUPING (column, ...).
type GroupingOperation struct {
	Base
	Columns []Expr // *Identifier or *Dereference
}

// NullTreatment is IGNORE NULLS or RESPECT NULLS.
type NullTreatment uint8

// The null treatments.
const (
	NullTreatmentNone NullTreatment = iota
	IgnoreNulls
	RespectNulls
)

// FunctionCall is a call. COALESCE, IF, NULLIF, TRY and FORMAT are calls, too
// (the parser has checked their number of arguments as Trino's does), and so
// are the forms that Trino turns into calls: POSITION (a IN b) is strpos(b, a),
// SUBSTRING (a FROM b FOR c) is substr(a, b, c), NORMALIZE (a, NFC) is
// normalize(a, 'NFC'). LISTAGG's separator is its second argument.
type FunctionCall struct {
	Base
	Name          *QualifiedName
	Distinct      bool
	Star          bool        // count(*)
	StarLabel     *Identifier // count(A.*) in a row pattern; nil without
	Args          []Expr
	OrderBy       *OrderBy         // array_agg(x ORDER BY y); nil without
	WithinGroup   *OrderBy         // LISTAGG ... WITHIN GROUP (ORDER BY ...); nil without
	Overflow      *ListAggOverflow // LISTAGG ... ON OVERFLOW ...; nil without
	Filter        Expr             // nil without
	NullTreatment NullTreatment
	Over          Window // *WindowRef, *WindowSpec, or nil
	Processing    string // "", "RUNNING" or "FINAL": row pattern functions
}

// ListAggOverflow is ON OVERFLOW ERROR or ON OVERFLOW TRUNCATE [filler] WITH |
// WITHOUT COUNT.
type ListAggOverflow struct {
	Base
	Truncate  bool           // else ERROR
	Filler    *StringLiteral // nil without
	WithCount bool
}

// WindowOperation is a measure of a row pattern over a window: name OVER w.
type WindowOperation struct {
	Base
	Name *Identifier
	Over Window
}

// Window is what follows OVER: *WindowRef or *WindowSpec.
type Window interface {
	Node
	window()
}

// WindowRef is OVER name.
type WindowRef struct {
	Base
	Name *Identifier
}

// WindowSpec is the inside of OVER (...), or of a named window.
type WindowSpec struct {
	Base
	Existing    *Identifier // a named window that this one refines; nil without
	PartitionBy []Expr
	OrderBy     *OrderBy
	Frame       *WindowFrame
}

// WindowDefinition is WINDOW name AS (spec).
type WindowDefinition struct {
	Base
	Name *Identifier
	Spec *WindowSpec
}

// FrameType is RANGE, ROWS or GROUPS.
type FrameType uint8

// The frame types.
const (
	FrameRange FrameType = iota
	FrameRows
	FrameGroups
)

// BoundType is the kind of a frame's bound.
type BoundType uint8

// The bound types.
const (
	UnboundedPreceding BoundType = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// WindowFrame is RANGE | ROWS | GROUPS start, or BETWEEN start AND end.
type WindowFrame struct {
	Base
	Type     FrameType
	Start    *FrameBound
	End      *FrameBound // nil without BETWEEN
	Measures []*Measure
	Pattern  *PatternClauses // nil for an ordinary frame
}

// FrameBound is one end of a frame.
type FrameBound struct {
	Base
	Type  BoundType
	Value Expr // of Preceding and Following
}

// ---------------------------------------------------------------- JSON functions

// JSONFormat is FORMAT JSON [ENCODING UTF8 | UTF16 | UTF32].
type JSONFormat struct {
	Base
	Encoding string // "", "UTF8", "UTF16" or "UTF32"
}

// JSONValueExpr is expression [FORMAT JSON ...].
type JSONValueExpr struct {
	Base
	Expr   Expr
	Format *JSONFormat // nil without
}

// JSONPathInvocation is input, path [AS name] [PASSING x AS n, ...].
type JSONPathInvocation struct {
	Base
	Input   *JSONValueExpr
	Path    *StringLiteral
	Name    *Identifier
	Passing []*JSONPathParameter
}

// JSONPathParameter is value AS name in PASSING.
type JSONPathParameter struct {
	Base
	Value *JSONValueExpr
	Name  *Identifier
}

// JSONBehaviorKind is what a JSON function gives on error or on emptiness.
type JSONBehaviorKind uint8

// The behaviours.
const (
	JSONError JSONBehaviorKind = iota
	JSONNull
	JSONDefault // DEFAULT expression
	JSONEmptyArray
	JSONEmptyObject
	JSONTrue
	JSONFalse
	JSONUnknown
)

// JSONBehavior is the part before ON EMPTY or ON ERROR.
type JSONBehavior struct {
	Base
	Kind    JSONBehaviorKind
	Default Expr // of JSONDefault
}

// JSONWrapper is the array wrapper of JSON_QUERY.
type JSONWrapper uint8

// The wrappers. WITH ARRAY means unconditional.
const (
	JSONWrapperNone JSONWrapper = iota // nothing written; means without
	JSONWithoutWrapper
	JSONConditionalWrapper
	JSONUnconditionalWrapper
)

// JSONQuotes is KEEP or OMIT QUOTES of JSON_QUERY.
type JSONQuotes uint8

// The quotes behaviours.
const (
	JSONQuotesNone JSONQuotes = iota
	JSONKeepQuotes
	JSONOmitQuotes
)

// JSONExists is JSON_EXISTS (path [behaviour ON ERROR]).
type JSONExists struct {
	Base
	Path    *JSONPathInvocation
	OnError *JSONBehavior // nil without: FALSE
}

// JSONValue is JSON_VALUE (path [RETURNING type] [x ON EMPTY] [x ON ERROR]).
type JSONValue struct {
	Base
	Path      *JSONPathInvocation
	Returning DataType // nil without
	OnEmpty   *JSONBehavior
	OnError   *JSONBehavior
}

// JSONQuery is JSON_QUERY (...).
type JSONQuery struct {
	Base
	Path      *JSONPathInvocation
	Returning DataType // nil without
	Format    *JSONFormat
	Wrapper   JSONWrapper
	Quotes    JSONQuotes
	OnEmpty   *JSONBehavior
	OnError   *JSONBehavior
}

// JSONObject is JSON_OBJECT (...).
type JSONObject struct {
	Base
	Members      []*JSONMember
	AbsentOnNull bool // ABSENT ON NULL; NULL ON NULL is the default
	UniqueKeys   bool // WITH UNIQUE KEYS
	Returning    DataType
	Format       *JSONFormat
}

// JSONMember is key VALUE value, or key : value.
type JSONMember struct {
	Base
	Key   Expr
	Value *JSONValueExpr
}

// JSONArray is JSON_ARRAY (...).
type JSONArray struct {
	Base
	Items      []*JSONValueExpr
	NullOnNull bool // NULL ON NULL; ABSENT ON NULL is the default
	Returning  DataType
	Format     *JSONFormat
}

// ---------------------------------------------------------------- data types

// DataType is a type as written in CAST and its like: *GenericType, *RowType,
// *DateTimeType or *IntervalType.
type DataType interface {
	Node
	dataType()
}

// GenericType is name or name(parameters); array<x>, x array and map<x,y> come
// as array(x) and map(x, y), DOUBLE PRECISION as double.
type GenericType struct {
	Base
	Name   *Identifier
	Params []TypeParam
}

// TypeParam is a number or a type; exactly one is set (Type nil: Number).
type TypeParam struct {
	Base
	Number string // the digits
	Type   DataType
}

// RowType is ROW (field, ...).
type RowType struct {
	Base
	Fields []*RowField
}

// RowField is [name] type.
type RowField struct {
	Base
	Name *Identifier // nil without
	Type DataType
}

// DateTimeType is TIME or TIMESTAMP [(precision)] [WITH | WITHOUT TIME ZONE].
type DateTimeType struct {
	Base
	Timestamp    bool // else TIME
	WithTimeZone bool
	Precision    *TypeParam // nil without
}

// IntervalType is INTERVAL field [TO field].
type IntervalType struct {
	Base
	From IntervalField
	To   IntervalField
}

// ---------------------------------------------------------------- statements, Trino's grammar

// Property is name = value in WITH (...). A nil Value is DEFAULT.
type Property struct {
	Base
	Name  *Identifier
	Value Expr
}

// CreateTableAs is CREATE TABLE ... AS query (CTAS).
type CreateTableAs struct {
	Base
	Replace     bool
	IfNotExists bool
	Name        *QualifiedName
	Columns     []*Identifier
	Comment     *StringLiteral
	Properties  []*Property
	Query       *Query
	NoData      bool // WITH NO DATA
}

// CreateView is CREATE [OR REPLACE] VIEW name AS query.
type CreateView struct {
	Base
	Replace  bool
	Name     *QualifiedName
	Comment  *StringLiteral
	Security string // "", "DEFINER" or "INVOKER"
	Query    *Query
	Text     string // the query as written
}

// Insert is INSERT INTO name [(columns)] query.
type Insert struct {
	Base
	Table   *QualifiedName
	Columns []*Identifier
	Query   *Query
}

// Unload is UNLOAD (query) TO 'location' WITH (properties).
type Unload struct {
	Base
	Query      *Query
	Location   *StringLiteral
	Properties []*Property
}

// Prepare is PREPARE name FROM statement.
type Prepare struct {
	Base
	Name      *Identifier
	Statement Statement
	Text      string // the statement as written
}

// Execute is EXECUTE name [USING value, ...].
type Execute struct {
	Base
	Name *Identifier
	Args []Expr
}

// ExecuteImmediate is EXECUTE IMMEDIATE 'statement' [USING value, ...].
type ExecuteImmediate struct {
	Base
	Text      *StringLiteral
	Statement Statement
	Args      []Expr
}

// Deallocate is DEALLOCATE PREPARE name.
type Deallocate struct {
	Base
	Name *Identifier
}

// Explain is EXPLAIN [ANALYZE [VERBOSE]] [(options)] statement.
type Explain struct {
	Base
	Analyze   bool
	Verbose   bool
	Format    string // "", TEXT, GRAPHVIZ or JSON
	Type      string // "", LOGICAL, DISTRIBUTED, VALIDATE or IO
	Statement Statement
}

// ShowFunctions is SHOW FUNCTIONS [FROM schema] [LIKE pattern [ESCAPE e]].
type ShowFunctions struct {
	Base
	From   *QualifiedName
	Like   *StringLiteral
	Escape *StringLiteral
}

// OtherStatement is a statement that parses and that Athena or ionq does not
// execute. Name is what to call it in the refusal, such as "GRANT", "MERGE" or
// "ALTER TABLE RENAME TO"; Text is the statement as written.
type OtherStatement struct {
	Base
	Name string
	Text string
	Hive bool // by the Hive grammar
}

// ---------------------------------------------------------------- statements, Hive's grammar

// HiveType is a column's type in DDL. Name is lower-cased: int, decimal,
// array, map, struct, uniontype...; integer comes as int.
type HiveType struct {
	Base
	Name   string
	Params []int        // decimal(p,s), varchar(n), char(n)
	Args   []*HiveType  // of array, map and uniontype
	Fields []*HiveField // of struct
}

// HiveField is name:type [COMMENT 'text'] of a struct.
type HiveField struct {
	Base
	Name    *Identifier
	Type    *HiveType
	Comment *StringLiteral
}

// ColumnDefinition is a column in DDL: name type [COMMENT 'text'].
type ColumnDefinition struct {
	Base
	Name    *Identifier
	Type    *HiveType
	Comment *StringLiteral // nil without
}

// HiveProperty is 'key' = 'value'.
type HiveProperty struct {
	Base
	Key   *StringLiteral
	Value *StringLiteral
}

// RowFormat is ROW FORMAT SERDE or ROW FORMAT DELIMITED.
type RowFormat struct {
	Base
	SerDe      *StringLiteral // nil for DELIMITED
	Properties []*HiveProperty
	// Of DELIMITED; nil where not written.
	FieldsTerminatedBy     *StringLiteral
	EscapedBy              *StringLiteral
	CollectionTerminatedBy *StringLiteral
	MapKeysTerminatedBy    *StringLiteral
	LinesTerminatedBy      *StringLiteral
	NullDefinedAs          *StringLiteral
}

// StoredAs is STORED AS name, or STORED AS INPUTFORMAT 'i' OUTPUTFORMAT 'o'.
type StoredAs struct {
	Base
	Format       *Identifier // nil for the second form
	InputFormat  *StringLiteral
	OutputFormat *StringLiteral
	InputDriver  *StringLiteral // Hive takes them; they mean nothing on Athena
	OutputDriver *StringLiteral
}

// StoredBy is STORED BY 'handler' [WITH SERDEPROPERTIES (...)].
type StoredBy struct {
	Base
	Handler    *StringLiteral
	Properties []*HiveProperty
}

// ClusteredBy is CLUSTERED BY (columns) [SORTED BY (...)] INTO n BUCKETS.
type ClusteredBy struct {
	Base
	Columns []*Identifier
	Sorted  []*SortItem
	Buckets int64
}

// CreateTable is Hive's CREATE [EXTERNAL] TABLE with columns.
type CreateTable struct {
	Base
	External       bool
	IfNotExists    bool
	Name           *QualifiedName
	Columns        []*ColumnDefinition // nil without a column list
	Comment        *StringLiteral
	Partitioned    []*ColumnDefinition // PARTITIONED BY; nil without
	Transforms     []Expr              // PARTITIONED BY of an Iceberg table: day(ts), bucket(4, id), plain names; nil without
	Clustered      *ClusteredBy
	RowFormat      *RowFormat
	StoredAs       *StoredAs
	StoredBy       *StoredBy
	Location       *StringLiteral
	TblProperties  []*HiveProperty // nil without
	HasProperties  bool            // TBLPROPERTIES was written
	SkewedOrOthers string          // a clause that Hive takes and Athena does not: "TEMPORARY"; "" without
}

// CreateDatabase is CREATE DATABASE | SCHEMA.
type CreateDatabase struct {
	Base
	IfNotExists bool
	Name        *QualifiedName
	Comment     *StringLiteral
	Location    *StringLiteral
	Properties  []*HiveProperty
}

// DropDatabase is DROP DATABASE | SCHEMA [IF EXISTS] name [RESTRICT | CASCADE].
type DropDatabase struct {
	Base
	IfExists bool
	Name     *QualifiedName
	Cascade  bool
}

// DropTable is DROP TABLE [IF EXISTS] name [PURGE].
type DropTable struct {
	Base
	IfExists bool
	Name     *QualifiedName
}

// DropView is DROP VIEW [IF EXISTS] name.
type DropView struct {
	Base
	IfExists bool
	Name     *QualifiedName
}

// PartitionValue is column = literal in PARTITION (...); Value is nil where a
// bare column is written, Op is "=" unless the statement drops partitions.
type PartitionValue struct {
	Base
	Column *Identifier
	Op     string
	Value  Expr // *StringLiteral, a number, or a *GenericLiteral (DATE '...')
}

// PartitionSpec is PARTITION (column = value, ...) [LOCATION 'l'].
type PartitionSpec struct {
	Base
	Values   []*PartitionValue
	Location *StringLiteral
}

// AlterTable is ALTER TABLE name [PARTITION (...)] action.
type AlterTable struct {
	Base
	Name      *QualifiedName
	Partition *PartitionSpec // nil without
	Action    AlterAction
}

// AlterAction is what ALTER TABLE does.
type AlterAction interface {
	Node
	alterAction()
}

// AddPartitions is ADD [IF NOT EXISTS] PARTITION ... [LOCATION ...] ...
type AddPartitions struct {
	Base
	IfNotExists bool
	Partitions  []*PartitionSpec
}

// DropPartitions is DROP [IF EXISTS] PARTITION (...), PARTITION (...).
type DropPartitions struct {
	Base
	IfExists   bool
	Partitions []*PartitionSpec
}

// RenamePartition is PARTITION (...) RENAME TO PARTITION (...).
type RenamePartition struct {
	Base
	To *PartitionSpec
}

// AddColumns is ADD COLUMNS (...) [CASCADE].
type AddColumns struct {
	Base
	Columns []*ColumnDefinition
	Cascade bool
}

// ReplaceColumns is REPLACE COLUMNS (...) [CASCADE].
type ReplaceColumns struct {
	Base
	Columns []*ColumnDefinition
	Cascade bool
}

// SetLocation is SET LOCATION 'l'.
type SetLocation struct {
	Base
	Location *StringLiteral
}

// SetTblProperties is SET TBLPROPERTIES (...).
type SetTblProperties struct {
	Base
	Properties []*HiveProperty
}

// UnsetTblProperties is UNSET TBLPROPERTIES [IF EXISTS] ('k', ...).
type UnsetTblProperties struct {
	Base
	IfExists bool
	Keys     []*StringLiteral
}

// ChangeColumn is CHANGE [COLUMN] old new type [COMMENT] [FIRST | AFTER c].
type ChangeColumn struct {
	Base
	Cascade bool
	Old     *Identifier
	Column  *ColumnDefinition
	First   bool
	After   *Identifier
}

// DropColumn is DROP COLUMN name (Iceberg tables).
type DropColumn struct {
	Base
	Column *Identifier
}

// OtherAlter is an action that Hive's grammar takes and Athena refuses, such
// as RENAME TO or SET SERDEPROPERTIES. Name says which; Text is as written.
type OtherAlter struct {
	Base
	Name string
	Text string
}

// AlterDatabase is ALTER DATABASE name SET DBPROPERTIES (...).
type AlterDatabase struct {
	Base
	Name       *QualifiedName
	Properties []*HiveProperty
}

// MsckRepair is MSCK [REPAIR] TABLE name.
type MsckRepair struct {
	Base
	Name *QualifiedName
}

// ShowDatabases is SHOW DATABASES | SCHEMAS [LIKE 'pattern'].
type ShowDatabases struct {
	Base
	Like *StringLiteral
}

// ShowTables is SHOW TABLES [IN database] ['pattern'].
type ShowTables struct {
	Base
	In   *QualifiedName
	Like *StringLiteral
}

// ShowViews is SHOW VIEWS [IN database] [LIKE 'pattern'].
type ShowViews struct {
	Base
	In   *QualifiedName
	Like *StringLiteral
}

// ShowColumns is SHOW COLUMNS IN | FROM table [IN | FROM database].
type ShowColumns struct {
	Base
	Table *QualifiedName
	In    *QualifiedName
}

// ShowCreate is SHOW CREATE TABLE | VIEW name.
type ShowCreate struct {
	Base
	View bool
	Name *QualifiedName
}

// ShowPartitions is SHOW PARTITIONS name [PARTITION (...)].
type ShowPartitions struct {
	Base
	Name      *QualifiedName
	Partition *PartitionSpec
}

// ShowTblProperties is SHOW TBLPROPERTIES name [('key')].
type ShowTblProperties struct {
	Base
	Name *QualifiedName
	Key  *StringLiteral
}

// Describe is DESCRIBE | DESC [EXTENDED | FORMATTED] name [PARTITION (...)]
// [column[.field ...]].
type Describe struct {
	Base
	Extended  bool
	Formatted bool
	Name      *QualifiedName
	Partition *PartitionSpec
	Column    []*Identifier // column and then fields; nil without
}

// DescribeDatabase is DESCRIBE DATABASE | SCHEMA [EXTENDED] name.
type DescribeDatabase struct {
	Base
	Extended bool
	Name     *QualifiedName
}

func (*QueryStatement) statement()    {}
func (*CreateTableAs) statement()     {}
func (*CreateView) statement()        {}
func (*Insert) statement()            {}
func (*Unload) statement()            {}
func (*Prepare) statement()           {}
func (*Execute) statement()           {}
func (*ExecuteImmediate) statement()  {}
func (*Deallocate) statement()        {}
func (*Explain) statement()           {}
func (*ShowFunctions) statement()     {}
func (*OtherStatement) statement()    {}
func (*CreateTable) statement()       {}
func (*CreateDatabase) statement()    {}
func (*DropDatabase) statement()      {}
func (*DropTable) statement()         {}
func (*DropView) statement()          {}
func (*AlterTable) statement()        {}
func (*AlterDatabase) statement()     {}
func (*MsckRepair) statement()        {}
func (*ShowDatabases) statement()     {}
func (*ShowTables) statement()        {}
func (*ShowViews) statement()         {}
func (*ShowColumns) statement()       {}
func (*ShowCreate) statement()        {}
func (*ShowPartitions) statement()    {}
func (*ShowTblProperties) statement() {}
func (*Describe) statement()          {}
func (*DescribeDatabase) statement()  {}

func (*AddPartitions) alterAction()      {}
func (*DropPartitions) alterAction()     {}
func (*RenamePartition) alterAction()    {}
func (*AddColumns) alterAction()         {}
func (*ReplaceColumns) alterAction()     {}
func (*SetLocation) alterAction()        {}
func (*SetTblProperties) alterAction()   {}
func (*UnsetTblProperties) alterAction() {}
func (*ChangeColumn) alterAction()       {}
func (*DropColumn) alterAction()         {}
func (*OtherAlter) alterAction()         {}

func (*LimitClause) limit() {}
func (*FetchFirst) limit()  {}

func (*SingleColumn) selectItem() {}
func (*AllColumns) selectItem()   {}

func (*SimpleGroupBy) groupingElement() {}
func (*GroupingSets) groupingElement()  {}

func (*QuerySpec) queryBody()     {}
func (*SetOperation) queryBody()  {}
func (*Values) queryBody()        {}
func (*Table) queryBody()         {}
func (*TableSubquery) queryBody() {}

func (*Table) relation()              {}
func (*TableSubquery) relation()      {}
func (*AliasedRelation) relation()    {}
func (*Join) relation()               {}
func (*Lateral) relation()            {}
func (*Unnest) relation()             {}
func (*SampledRelation) relation()    {}
func (*TableFunction) relation()      {}
func (*JSONTable) relation()          {}
func (*PatternRecognition) relation() {}

func (*WindowRef) window()  {}
func (*WindowSpec) window() {}

func (*GenericType) dataType()  {}
func (*RowType) dataType()      {}
func (*DateTimeType) dataType() {}
func (*IntervalType) dataType() {}

func (*Identifier) expr()        {}
func (*NullLiteral) expr()       {}
func (*BooleanLiteral) expr()    {}
func (*StringLiteral) expr()     {}
func (*BinaryLiteral) expr()     {}
func (*LongLiteral) expr()       {}
func (*DecimalLiteral) expr()    {}
func (*DoubleLiteral) expr()     {}
func (*GenericLiteral) expr()    {}
func (*IntervalLiteral) expr()   {}
func (*Parameter) expr()         {}
func (*BinaryExpr) expr()        {}
func (*UnaryExpr) expr()         {}
func (*LogicalExpr) expr()       {}
func (*NotExpr) expr()           {}
func (*Between) expr()           {}
func (*InList) expr()            {}
func (*InSubquery) expr()        {}
func (*Like) expr()              {}
func (*IsNull) expr()            {}
func (*IsDistinctFrom) expr()    {}
func (*Quantified) expr()        {}
func (*Exists) expr()            {}
func (*SubqueryExpr) expr()      {}
func (*AtTimeZone) expr()        {}
func (*RowExpr) expr()           {}
func (*ArrayExpr) expr()         {}
func (*Subscript) expr()         {}
func (*Dereference) expr()       {}
func (*Lambda) expr()            {}
func (*Case) expr()              {}
func (*Cast) expr()              {}
func (*Current) expr()           {}
func (*Extract) expr()           {}
func (*Trim) expr()              {}
func (*GroupingOperation) expr() {}
func (*FunctionCall) expr()      {}
func (*WindowOperation) expr()   {}
func (*JSONExists) expr()        {}
func (*JSONValue) expr()         {}
func (*JSONQuery) expr()         {}
func (*JSONObject) expr()        {}
func (*JSONArray) expr()         {}
