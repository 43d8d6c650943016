package engine

// CREATE TABLE AS, INSERT INTO and UNLOAD: the rows of a query become data files
// (Athena user guide: CREATE TABLE AS, INSERT INTO, UNLOAD, "Considerations and
// limitations for CTAS queries"; Trino's StatementAnalyzer and HiveMetadata for
// the checks and their messages).

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/exec"
	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// maxWriters is how many partitions one statement may write (Athena's limit for
// CTAS, INSERT and UNLOAD).
const maxWriters = 100

// maxBuffered bounds what writers hold before they end their row groups.
const maxBuffered = 64 << 20

// target is what rows are written to.
type target struct {
	columns    []plan.Column // of the files
	partitions []catalog.Column
	location   string
	options    output.FileOptions
	buckets    int
	bucketed   []int // columns
	empty      bool  // the folder must be empty
	exists     func() error
}

// written is what came of it.
type written struct {
	rows       int64
	partitions [][]string // in order of first appearance
	stage      *source.Staging
}

// write runs a plan into a target. The caller commits or aborts written.stage.
func (s *Session) write(ctx context.Context, root plan.Node, env *exec.Env, t *target) (w *written, err error) {
	stage, err := s.e.resolver.Stage(ctx, t.location, t.empty, t.exists)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			stage.Abort()
		}
	}()
	proof := &proof{workers: env.Workers}
	env.Reads = proof.add
	op, err := exec.Build(root, env)
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := op.Close(); err == nil {
			err = cerr
		}
	}()
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	k := &sink{t: t, stage: stage, id: strings.Replace(s.now().UTC().Format("20060102_150405.000000_"), ".", "_", 1) + hex.EncodeToString(id[:]), open: map[string]*sinkFile{}}
	defer k.abandon()
	for {
		p, err := op.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p == nil {
			break
		}
		if err := k.page(p); err != nil {
			return nil, err
		}
	}
	if err := proof.give(ctx); err != nil {
		return nil, err
	}
	if err := k.close(); err != nil {
		return nil, err
	}
	return &written{rows: k.rows, partitions: k.partitions, stage: stage}, nil
}

// sink parts rows into files.
type sink struct {
	t          *target
	stage      *source.Staging
	id         string
	open       map[string]*sinkFile
	order      []*sinkFile
	partitions [][]string
	seen       map[string]bool
	rows       int64
	key        []byte
}

type sinkFile struct {
	f *os.File
	w output.FileWriter
}

func (k *sink) page(p *page.Page) error {
	n := len(k.t.columns)
	one := func(i int) error {
		f, err := k.file(p.Cols, i)
		if err != nil {
			return err
		}
		k.rows++
		return k.failed(f.w.Row(p.Cols[:n], i))
	}
	if p.Sel != nil {
		for _, i := range p.Sel {
			if err := one(int(i)); err != nil {
				return err
			}
		}
	} else {
		for i := range p.Rows {
			if err := one(i); err != nil {
				return err
			}
		}
	}
	var held int64
	for _, f := range k.order {
		held += f.w.Buffered()
	}
	if held > maxBuffered {
		for _, f := range k.order {
			if err := f.w.Flush(); err != nil {
				return k.failed(err)
			}
		}
	}
	return nil
}

// failed words what a writer could not do.
func (k *sink) failed(err error) error {
	if err == nil || sqlerr.CodeOf(err) != sqlerr.GenericInternalError {
		return err
	}
	return k.stage.Fail(err)
}

// file returns the file that row i goes to.
func (k *sink) file(cols []*page.Vector, i int) (*sinkFile, error) {
	n := len(k.t.columns)
	if len(k.t.partitions) == 0 && k.t.buckets == 0 && len(k.order) > 0 {
		return k.order[0], nil
	}
	k.key = k.key[:0]
	values := make([]string, len(k.t.partitions))
	for j, c := range k.t.partitions {
		v := cols[n+j]
		values[j] = catalog.NullPartition
		if !v.IsNull(i) {
			values[j] = string(output.AppendText(nil, v, i))
		}
		if values[j] == "" {
			values[j] = catalog.NullPartition // Hive has no other name for it
		}
		for _, r := range values[j] {
			if r < 0x20 || r > 0x7e {
				return nil, sqlerr.New(sqlerr.HiveInvalidPartitionValue, "Hive partition keys can only contain printable ASCII characters (0x20 - 0x7E). Invalid value: % X", values[j])
			}
		}
		k.key = append(append(k.key, values[j]...), 0)
		_ = c
	}
	bucket := 0
	if k.t.buckets > 0 {
		bucket = int(bucketHash(cols, k.t.bucketed, i)&0x7fffffff) % k.t.buckets
	}
	partition := string(k.key)
	key := fmt.Sprintf("%s%d", partition, bucket)
	if f := k.open[key]; f != nil {
		return f, nil
	}
	if len(k.order) >= maxWriters*max(1, k.t.buckets) || len(k.partitions) >= maxWriters && !k.seen[partition] {
		return nil, sqlerr.New(sqlerr.HiveTooManyOpenPartitions, "Exceeded limit of %d open writers for partitions/buckets", maxWriters)
	}
	if len(values) > 0 && !k.seen[partition] {
		if k.seen == nil {
			k.seen = map[string]bool{}
		}
		k.seen[partition] = true
		k.partitions = append(k.partitions, values)
	}
	name := k.id + k.t.options.Suffix()
	if k.t.buckets > 0 {
		name = fmt.Sprintf("%06d_0_%s", bucket, name)
	}
	if len(values) > 0 {
		name = (&catalog.Table{Partitions: k.t.partitions}).PartitionName(values) + "/" + name
	}
	f, err := k.create(name)
	if err != nil {
		return nil, err
	}
	k.open[key] = f
	return f, nil
}

func (k *sink) create(name string) (*sinkFile, error) {
	f, err := k.stage.Create(name)
	if err != nil {
		return nil, err
	}
	w, err := output.NewFile(f, k.t.columns, k.t.options)
	if err != nil {
		_ = f.Close() // the file is removed
		return nil, k.failed(err)
	}
	s := &sinkFile{f, w}
	k.order = append(k.order, s)
	return s, nil
}

// close completes all files.
func (k *sink) close() error {
	for _, f := range k.order {
		err := f.w.Close()
		if err == nil {
			err = f.f.Sync()
		}
		if cerr := f.f.Close(); err == nil {
			err = cerr
		}
		f.f = nil
		if err != nil {
			return k.failed(err)
		}
	}
	return nil
}

// abandon closes what is open after a failure.
func (k *sink) abandon() {
	for _, f := range k.order {
		if f.f != nil {
			_ = f.f.Close() // the file is removed
		}
	}
}

// bucketHash is Hive's hash of the bucketing columns (bucketing version 1, which
// Athena writes: ObjectInspectorUtils.hashCode).
func bucketHash(cols []*page.Vector, at []int, i int) int32 {
	var h int32
	for _, k := range at {
		v := cols[k]
		var x int32
		if !v.IsNull(i) {
			switch v.Type.Kind {
			case types.KindBoolean:
				if v.Bools[i] {
					x = 1
				}
			case types.KindBigint:
				x = int32(v.I64[i] ^ int64(uint64(v.I64[i])>>32))
			case types.KindVarchar:
				for _, c := range []byte(v.Str[i]) {
					x = 31*x + int32(int8(c))
				}
			default:
				x = int32(v.I64[i])
			}
		}
		h = 31*h + x
	}
	return h
}

func canBucket(t types.Type) bool {
	switch t.Kind {
	case types.KindBoolean, types.KindBigint, types.KindVarchar, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindDate:
		return true
	}
	return false
}

// rowsResult is the result of a statement that wrote rows.
func rowsResult(t StatementType, sub string, n int64) *Result {
	r := done(t, sub)
	r.UpdateCount = &n
	return r
}

// withProperties reads WITH (name = value, ...).
type withProperties struct {
	list map[string]*syntax.Property
	used map[string]bool
}

func readProperties(list []*syntax.Property) (*withProperties, error) {
	w := &withProperties{list: map[string]*syntax.Property{}, used: map[string]bool{}}
	for _, p := range list {
		name := strings.ToLower(p.Name.Value)
		if w.list[name] != nil {
			return nil, sqlerr.Newf(sqlerr.SyntaxError, p.Pos(), "Duplicate property: %s", name)
		}
		w.list[name] = p
	}
	return w, nil
}

func invalidProperty(p *syntax.Property, format string, args ...any) error {
	return sqlerr.Newf(sqlerr.InvalidTableProperty, p.Pos(), format, args...)
}

// text gives a property that is a string; "" without it.
func (w *withProperties) text(name string) (string, error) {
	p := w.list[name]
	if p == nil {
		return "", nil
	}
	w.used[name] = true
	if l, ok := p.Value.(*syntax.StringLiteral); ok {
		return l.Value, nil
	}
	return "", invalidProperty(p, "Invalid value for table property '%s': Cannot convert [%s] to varchar", name, syntax.FormatExpr(p.Value))
}

// number gives a property that is an integer; 0 without it.
func (w *withProperties) number(name string) (int64, error) {
	p := w.list[name]
	if p == nil {
		return 0, nil
	}
	w.used[name] = true
	if l, ok := p.Value.(*syntax.LongLiteral); ok && l.Value > 0 && l.Value <= 1<<20 {
		return l.Value, nil
	}
	return 0, invalidProperty(p, "Invalid value for table property '%s': %s", name, syntax.FormatExpr(p.Value))
}

// names gives a property that is ARRAY['a', 'b'], lower-cased.
func (w *withProperties) names(name string) ([]string, error) {
	p := w.list[name]
	if p == nil {
		return nil, nil
	}
	w.used[name] = true
	bad := func() ([]string, error) {
		return nil, invalidProperty(p, "Invalid value for table property '%s': Cannot convert [%s] to array(varchar)", name, syntax.FormatExpr(p.Value))
	}
	a, ok := p.Value.(*syntax.ArrayExpr)
	if !ok {
		return bad()
	}
	var out []string
	for _, e := range a.Items {
		l, ok := e.(*syntax.StringLiteral)
		if !ok {
			return bad()
		}
		out = append(out, strings.ToLower(l.Value))
	}
	return out, nil
}

// rest refuses properties that nothing asked for.
func (w *withProperties) rest(kind string, list []*syntax.Property) error {
	for _, p := range list {
		if name := strings.ToLower(p.Name.Value); !w.used[name] {
			return invalidProperty(p, "Catalog '%s' %s property '%s' does not exist", catalog.Name, kind, name)
		}
	}
	return nil
}

// fileOptions reads the properties about the files.
func (w *withProperties) fileOptions(unload bool) (o output.FileOptions, err error) {
	format, err := w.text("format")
	if err != nil {
		return o, err
	}
	if o.Format = strings.ToUpper(format); o.Format == "" {
		o.Format = "PARQUET"
	}
	fp := w.list["format"]
	switch o.Format {
	case "PARQUET", "JSON", "TEXTFILE", "ION":
	case "ORC", "AVRO":
		return o, sqlerr.Newf(sqlerr.NotSupported, fp.Pos(), "Writing %s is not supported", o.Format).WithHint("the formats are PARQUET, JSON, TEXTFILE and ION")
	default:
		return o, invalidProperty(fp, "Invalid value for table property 'format': %s", format)
	}
	keys := []string{"write_compression", strings.ToLower(o.Format) + "_compression"}
	if unload {
		keys = []string{"compression"}
	}
	var at *syntax.Property
	for _, key := range keys {
		c, err := w.text(key)
		if err != nil {
			return o, err
		}
		if c == "" {
			continue
		}
		if at != nil {
			return o, invalidProperty(w.list[key], "Only one of the compression properties may be given")
		}
		at, o.Compression = w.list[key], strings.ToUpper(c)
	}
	switch o.Compression {
	case "":
		o.Compression = "GZIP"
	case "UNCOMPRESSED":
		o.Compression = "NONE"
	}
	switch o.Compression {
	case "GZIP", "ZSTD", "NONE":
	case "SNAPPY":
		if o.Format != "PARQUET" {
			return o, sqlerr.Newf(sqlerr.NotSupported, at.Pos(), "Compression SNAPPY of %s is not supported", o.Format)
		}
	case "LZ4", "LZO", "DEFLATE", "BZIP2", "ZLIB", "BROTLI":
		return o, sqlerr.Newf(sqlerr.NotSupported, at.Pos(), "Compression %s is not supported", o.Compression).WithHint("GZIP, ZSTD, NONE; SNAPPY for PARQUET")
	default:
		return o, invalidProperty(at, "Invalid value for compression: %s", o.Compression)
	}
	if _, given := w.list["compression_level"]; given && o.Compression == "ZSTD" {
		if _, err := w.number("compression_level"); err != nil { // one level is written
			return o, err
		}
	}
	o.Delimiter = 1
	if d, given := w.list["field_delimiter"]; given {
		text, err := w.text("field_delimiter")
		switch {
		case err != nil:
			return o, err
		case o.Format != "TEXTFILE":
			return o, invalidProperty(d, "Cannot specify field_delimiter table property for storage format: %s", o.Format)
		case len(text) != 1:
			return o, invalidProperty(d, "field_delimiter must be a single-byte character, but was: '%s'", text)
		case text == "\n" || text == "\\":
			return o, invalidProperty(d, "field_delimiter cannot be a line break or a backslash")
		}
		o.Delimiter = text[0]
	}
	if o.Format == "ION" {
		enc, err := w.text("ion_encoding")
		if err != nil {
			return o, err
		}
		switch strings.ToUpper(enc) {
		case "", "BINARY":
		case "TEXT":
			o.IonText = true
		default:
			return o, invalidProperty(w.list["ion_encoding"], "Invalid value for table property 'ion_encoding': %s", enc)
		}
	}
	return o, nil
}

// split parts the columns of a query into those of files and those of partitions,
// which come last.
func splitPartitions(cols []catalog.Column, by []string, p *syntax.Property) (data, parts []catalog.Column, err error) {
	var missing []string
	for _, name := range by {
		if !slices.ContainsFunc(cols, func(c catalog.Column) bool { return c.Name == name }) {
			missing = append(missing, name)
		}
	}
	switch {
	case missing != nil:
		return nil, nil, invalidProperty(p, "Partition columns [%s] not present in schema", strings.Join(missing, ", "))
	case len(by) > 0 && len(by) >= len(cols):
		return nil, nil, invalidProperty(p, "Table contains only partition columns")
	}
	n := len(cols) - len(by)
	for i, name := range by {
		if cols[n+i].Name != name {
			return nil, nil, sqlerr.Newf(sqlerr.HiveColumnOrderMismatch, p.Pos(), "Partition keys must be the last columns in the table and in the same order as the table properties: [%s]", strings.Join(by, ", "))
		}
		switch cols[n+i].Type.Kind {
		case types.KindArray, types.KindMap, types.KindRow, types.KindVarbinary:
			return nil, nil, sqlerr.Newf(sqlerr.NotSupported, p.Pos(), "Unsupported type [%s] for partition: %s", cols[n+i].Type, name)
		}
	}
	return cols[:n], cols[n:], nil
}

// queryColumns checks the columns of a query that become those of files.
func queryColumns(q *plan.Query, pos sqlerr.Pos) ([]catalog.Column, error) {
	seen := map[string]bool{}
	var out []catalog.Column
	for i, c := range q.Root.Columns() {
		name := strings.ToLower(q.Labels[i])
		switch {
		case c.Name == "" && name == fmt.Sprintf("_col%d", i):
			return nil, sqlerr.Newf(sqlerr.MissingColumnName, pos, "Column name not specified at position %d", i+1)
		case seen[name]:
			return nil, sqlerr.Newf(sqlerr.DuplicateColumnName, pos, "Column name '%s' specified more than once", name)
		case c.Type.Kind == types.KindUnknown:
			return nil, sqlerr.Newf(sqlerr.ColumnTypeUnknown, pos, "Column type is unknown at position %d", i+1)
		}
		seen[name] = true
		if err := output.CheckFileType(c.Type, name); err != nil {
			return nil, placed(err, pos)
		}
		out = append(out, catalog.Column{Name: name, Type: c.Type, HiveType: catalog.HiveTypeOf(c.Type)})
	}
	return out, nil
}

// placed gives an error a place unless it has one.
func placed(err error, pos sqlerr.Pos) error {
	if err == nil {
		return nil
	}
	e := *sqlerr.As(err)
	if e.Pos == 0 {
		e.Pos = pos
	}
	return &e
}

// planned takes the plan of a statement that writes: for EXPLAIN in place of running
// it, for EXPLAIN ANALYZE while it runs. The statement is checked like any other.
type planned struct {
	q    *plan.Query
	root plan.Node // what is written
	env  *exec.Env
	run  bool // EXPLAIN ANALYZE
	at   *measure
	rows int64 // written
}

// take notes a plan, and reports whether that was all.
func (p *planned) take(q *plan.Query, root plan.Node, env *exec.Env) bool {
	if p == nil {
		return false
	}
	p.q, p.root, p.env = q, root, env
	if p.run {
		p.at = watch(env)
	}
	return !p.run
}

// wrote notes how many rows were written.
func (p *planned) wrote(rows int64) {
	if p != nil {
		p.rows = rows
		p.at.end()
	}
}

func (s *Session) createTableAs(ctx context.Context, n *syntax.CreateTableAs, params []syntax.Expr, only *planned) (*Result, error) {
	const sub = "CREATE_TABLE_AS_SELECT"
	db, name, err := catalog.SplitName(n.Name, s.database)
	if err != nil {
		return nil, err
	}
	if !s.e.catalog.HasDatabase(db) {
		return nil, sqlerr.Newf(sqlerr.SchemaNotFound, n.Name.Pos(), "Schema '%s' does not exist", db)
	}
	if n.Replace {
		// Athena's user guide has no such form; these are the words of Trino's Hive
		// connector, from the release on whose grammar has it.
		return nil, sqlerr.Newf(sqlerr.NotSupported, n.Pos(), "This connector does not support replacing tables")
	}
	if s.e.catalog.Table(db, name) != nil || s.e.catalog.View(db, name) != nil {
		if n.IfNotExists {
			return rowsResult(DDL, sub, 0), nil
		}
		return nil, sqlerr.Newf(sqlerr.TableAlreadyExists, n.Pos(), "Table '%s.%s.%s' already exists", catalog.Name, db, name)
	}
	w, err := readProperties(n.Properties)
	if err != nil {
		return nil, err
	}
	t := &target{empty: true}
	if t.options, err = w.fileOptions(false); err != nil {
		return nil, err
	}
	by, err := w.names("partitioned_by")
	if err != nil {
		return nil, err
	}
	external, err := w.text("external_location")
	if err != nil {
		return nil, err
	}
	bucketed, err := w.names("bucketed_by")
	if err != nil {
		return nil, err
	}
	count, err := w.number("bucket_count")
	if err != nil {
		return nil, err
	}
	if tt, err := w.text("table_type"); err != nil {
		return nil, err
	} else if tt != "" && !strings.EqualFold(tt, "HIVE") {
		return nil, sqlerr.Newf(sqlerr.NotSupported, w.list["table_type"].Pos(), "table_type %s is not supported", strings.ToUpper(tt))
	}
	if err := w.rest("table", n.Properties); err != nil {
		return nil, err
	}
	q, env, err := s.plan(ctx, n.Query, params)
	if err != nil {
		return nil, err
	}
	if n.Columns != nil {
		if len(n.Columns) != len(q.Labels) {
			return nil, sqlerr.Newf(sqlerr.MismatchedColumnAliases, n.Columns[0].Pos(), "Column alias list has %d entries but relation has %d columns", len(n.Columns), len(q.Labels))
		}
		for i, c := range n.Columns {
			q.Labels[i] = c.Value
		}
	}
	cols, err := queryColumns(q, n.Query.Pos())
	if err != nil {
		return nil, err
	}
	data, parts, err := splitPartitions(cols, by, w.list["partitioned_by"])
	if err != nil {
		return nil, err
	}
	t.options.HiveJSON = t.options.Format == "JSON"
	for _, c := range data {
		if err := output.CheckReadable(c.Type, c.Name, t.options); err != nil {
			return nil, placed(err, n.Query.Pos())
		}
	}
	if (bucketed == nil) != (count == 0) {
		return nil, sqlerr.Newf(sqlerr.InvalidTableProperty, n.Pos(), "bucketed_by and bucket_count must be specified together")
	}
	t.buckets = int(count)
	for _, b := range bucketed {
		k := slices.IndexFunc(data, func(c catalog.Column) bool { return c.Name == b })
		if k < 0 {
			return nil, invalidProperty(w.list["bucketed_by"], "Bucketing columns [%s] not present in schema", b)
		}
		if !canBucket(data[k].Type) {
			return nil, sqlerr.Newf(sqlerr.NotSupported, w.list["bucketed_by"].Pos(), "Bucketing by a column of type %s is not supported", data[k].Type)
		}
		t.bucketed = append(t.bucketed, k)
	}
	if only.take(q, q.Root, env) {
		return nil, nil
	}
	t.columns, t.partitions = planColumns(data), parts
	if t.location, err = s.e.catalog.NewLocation(db, name, external); err != nil {
		return nil, placed(err, n.Name.Pos())
	}
	t.location = folder(t.location)
	t.exists = func() error {
		return sqlerr.Newf(sqlerr.HivePathAlreadyExists, n.Pos(), "Target directory for table '%s.%s' already exists: %s", db, name, t.location).
			WithHint("the folder is not empty: remove what is in it, or write elsewhere")
	}
	table := catalog.NewWritten(db, name, data, parts, t.location, t.options.Format, t.options.Delimiter)
	if n.Comment != nil {
		table.SetComment(n.Comment.Value)
	}
	var rows int64
	var added []catalog.Partition
	var stage *source.Staging
	if !n.NoData {
		done, err := s.write(ctx, q.Root, env, t)
		if err != nil {
			return nil, err
		}
		rows, stage = done.rows, done.stage
		only.wrote(rows)
		for _, v := range done.partitions {
			added = append(added, catalog.Partition{Values: v, Location: table.PartitionPlace(v)})
		}
		if err := stage.Commit(); err != nil {
			return nil, err
		}
	}
	table.SetPartitions(added)
	if err := s.e.catalog.CreateTable(table, false); err != nil {
		return nil, at(err, n.Name)
	}
	r := rowsResult(DDL, sub, rows)
	r.Warnings = q.Warning
	return r, nil
}

func (s *Session) insert(ctx context.Context, n *syntax.Insert, params []syntax.Expr, only *planned) (*Result, error) {
	t, v, err := s.findForInsert(n.Table)
	switch {
	case err != nil:
		return nil, err
	case v != nil:
		return nil, sqlerr.Newf(sqlerr.NotSupported, n.Table.Pos(), "Inserting into views is not supported")
	case t.Inferred:
		return nil, sqlerr.Newf(sqlerr.NotSupported, n.Table.Pos(), "Inserting into table %s.%s, which was made from a path, is not supported", t.Database, t.Name)
	}
	options, err := t.WriteOptions()
	if err != nil && (only == nil || only.run) {
		return nil, at(err, n.Table)
	}
	all := slices.Concat(t.Columns, t.Partitions)
	order := make([]int, 0, len(all)) // of each query column: the table's
	if n.Columns == nil {
		for i := range all {
			order = append(order, i)
		}
	}
	for _, id := range n.Columns {
		k := slices.IndexFunc(all, func(c catalog.Column) bool { return strings.EqualFold(c.Name, id.Value) })
		switch {
		case k < 0:
			return nil, sqlerr.Newf(sqlerr.ColumnNotFound, id.Pos(), "Insert column name does not exist in target table: %s", strings.ToLower(id.Value))
		case slices.Contains(order, k):
			return nil, sqlerr.Newf(sqlerr.DuplicateColumnName, id.Pos(), "Insert column name is specified more than once: %s", strings.ToLower(id.Value))
		}
		order = append(order, k)
	}
	q, env, err := s.plan(ctx, n.Query, params)
	if err != nil {
		return nil, err
	}
	in := q.Root.Columns()
	mismatch := func() error {
		var want, got []string
		for _, k := range order {
			want = append(want, all[k].Type.String())
		}
		for _, c := range in {
			got = append(got, c.Type.String())
		}
		return sqlerr.Newf(sqlerr.TypeMismatch, n.Pos(), "Insert query has mismatched column types: Table: [%s], Query: [%s]", strings.Join(want, ", "), strings.Join(got, ", "))
	}
	if len(in) != len(order) {
		return nil, mismatch()
	}
	p := &plan.Project{Input: q.Root}
	for k, c := range all {
		base := plan.Base{T: c.Type, P: n.Pos()}
		i := slices.Index(order, k)
		if i < 0 {
			p.Exprs = append(p.Exprs, &plan.Const{Base: base, V: plan.Datum{Null: true}})
		} else {
			var e plan.Expr = &plan.Col{Base: plan.Base{T: in[i].Type, P: n.Pos()}, Index: i, Name: in[i].Name}
			if in[i].Type != c.Type {
				if !types.CanCoerce(in[i].Type, c.Type) {
					return nil, mismatch()
				}
				e = &plan.Cast{Base: base, X: e, Implicit: true}
			}
			p.Exprs = append(p.Exprs, e)
		}
		p.Cols = append(p.Cols, plan.Column{Name: c.Name, Type: c.Type})
	}
	if only.take(q, p, env) {
		return nil, nil
	}
	w := &target{columns: planColumns(t.Columns), partitions: t.Partitions, location: t.Location, options: options}
	done, err := s.write(ctx, p, env, w)
	if err != nil {
		return nil, err
	}
	only.wrote(done.rows)
	if done.rows == 0 {
		done.stage.Abort()
		return rowsResult(DML, "INSERT", 0), nil
	}
	var added []catalog.Partition
	for _, v := range done.partitions {
		added = append(added, catalog.Partition{Values: v, Location: t.PartitionPlace(v)})
	}
	for _, a := range added {
		for _, b := range t.Registered() {
			if a.Compare(b) == 0 && b.Columns != nil && t.SerDe != catalog.ParquetSerDe {
				done.stage.Abort()
				return nil, sqlerr.Newf(sqlerr.NotSupported, n.Table.Pos(), "Inserting into partition %s, whose columns are not the table's, is not supported", t.PartitionName(a.Values))
			}
			if a.Compare(b) == 0 && a.Location != b.Location {
				done.stage.Abort()
				return nil, sqlerr.Newf(sqlerr.NotSupported, n.Table.Pos(), "Inserting into partition %s, which has a location of its own, is not supported: %s", t.PartitionName(a.Values), b.Location)
			}
		}
	}
	if err := done.stage.Commit(); err != nil {
		return nil, err
	}
	if len(added) > 0 && !t.Projected() {
		if _, err := s.e.catalog.AddPartitions(t.Database, t.Name, added, true); err != nil {
			return nil, at(err, n.Table)
		}
	}
	r := rowsResult(DML, "INSERT", done.rows)
	r.Warnings = q.Warning
	return r, nil
}

// findForInsert is find with the errors of queries.
func (s *Session) findForInsert(name *syntax.QualifiedName) (*catalog.Table, *catalog.View, error) {
	db, table, err := catalog.SplitName(name, s.database)
	if err != nil {
		return nil, nil, err
	}
	if t, v := s.e.catalog.Table(db, table), s.e.catalog.View(db, table); t != nil || v != nil {
		return t, v, nil
	}
	if !s.e.catalog.HasDatabase(db) {
		return nil, nil, sqlerr.Newf(sqlerr.SchemaNotFound, name.Pos(), "Schema '%s' does not exist", db)
	}
	return nil, nil, sqlerr.Newf(sqlerr.TableNotFound, name.Pos(), "Table '%s.%s.%s' does not exist", catalog.Name, db, table)
}

func (s *Session) unload(ctx context.Context, n *syntax.Unload, params []syntax.Expr, only *planned) (*Result, error) {
	w, err := readProperties(n.Properties)
	if err != nil {
		return nil, err
	}
	if w.list["format"] == nil {
		return nil, sqlerr.Newf(sqlerr.InvalidTableProperty, n.Pos(), "UNLOAD needs a format").WithHint("WITH (format = 'PARQUET')")
	}
	t := &target{empty: true, location: folder(n.Location.Value)}
	if t.options, err = w.fileOptions(true); err != nil {
		return nil, err
	}
	by, err := w.names("partitioned_by")
	if err != nil {
		return nil, err
	}
	if err := w.rest("unload", n.Properties); err != nil {
		return nil, err
	}
	q, env, err := s.plan(ctx, n.Query, params)
	if err != nil {
		return nil, err
	}
	cols, err := queryColumns(q, n.Query.Pos())
	if err != nil {
		return nil, err
	}
	data, parts, err := splitPartitions(cols, by, w.list["partitioned_by"])
	if err != nil {
		return nil, err
	}
	if only.take(q, q.Root, env) {
		return nil, nil
	}
	t.columns, t.partitions = planColumns(data), parts
	t.exists = func() error {
		return sqlerr.Newf(sqlerr.HivePathAlreadyExists, n.Location.Pos(), "Target directory for table already exists: %s", t.location).
			WithHint("UNLOAD writes to an empty folder only")
	}
	done, err := s.write(ctx, q.Root, env, t)
	if err != nil {
		return nil, placed(err, n.Location.Pos())
	}
	only.wrote(done.rows)
	if err := done.stage.Commit(); err != nil {
		return nil, err
	}
	r := rowsResult(DML, "UNLOAD", done.rows)
	r.Warnings = q.Warning
	return r, nil
}
