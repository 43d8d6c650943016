// Package catalog holds databases, tables and views, in memory: the catalog
// awsdatacatalog of a session. Tables come from Athena's DDL (ddl.go) or from a
// path whose types are inferred (path.go); at query time a table becomes a list
// of data files (handle.go).
package catalog

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/proven"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Name is the one catalog's name, as Athena shows it.
const Name = "awsdatacatalog"

// DefaultDatabase exists from the start.
const DefaultDatabase = "default"

// Column is a declared column.
type Column struct {
	Name     string // lower case
	HiveType string // as DESCRIBE prints it: decimal(10,0), array<string>, struct<a:int>
	Type     types.Type
	Comment  string
}

// Property is one 'key'='value', in the order of the declaration.
type Property struct{ Key, Value string }

// Table is a declared or inferred table.
type Table struct {
	Database, Name string
	Columns        []Column
	Partitions     []Column // of PARTITIONED BY

	SerDe           string // class name
	SerDeProperties []Property
	InputFormat     string // class names
	OutputFormat    string
	Location        string     // LOCATION, with a slash at its end; of an inferred table what the manifest says, or ""
	TblProperties   []Property // the table's COMMENT is the one named comment

	// Inferred tells that the table was made from a path, not from DDL.
	Inferred bool
	// DynamoDBJSON tells that an inferred table's files are in DynamoDB JSON.
	DynamoDBJSON bool
	// AsOf is the instant whose state an inferred table of several exports shows;
	// zero for other tables. BaseOf is the instant of the full export among them.
	AsOf, BaseOf time.Time
	// Changes is set where the rows are those of incremental exports.
	Changes *Changes

	catalog *Catalog
	splits  []Split     // of an inferred table: its files, known from the start
	parts   []Partition // registered ones, in the order of their values
}

// View is a stored query.
type View struct {
	Database, Name string
	Text           string // the query
	Comment        string
	Security       string // "", "DEFINER" or "INVOKER"
	// Columns are the labels and types that the query had when the view was made.
	Columns []Column
}

// Catalog is safe for concurrent use.
type Catalog struct {
	// AsOf, where not zero, is the instant whose state the tables of paths show. It
	// is set before the first one is added.
	AsOf time.Time

	resolver  *source.Resolver
	verify    Verify
	hashBelow int64
	prover    *proven.Prover
	shapes    shapes

	dir     string            // where it lasts; empty: in memory
	version int64             // of what was read from there
	saved   map[string]string // the files there, by name

	mu        sync.RWMutex
	databases map[string]*database
	prepared  map[string]string // statements by lower-case name: a work group's, on Athena
}

type database struct {
	name       string
	comment    string
	location   string
	properties []Property
	tables     map[string]*Table
	views      map[string]*View
}

// New returns a catalog with an empty database default, whose locations r finds.
func New(r *source.Resolver) *Catalog {
	c := &Catalog{resolver: r, prover: proven.New(nil), hashBelow: HashBelow, databases: map[string]*database{}, prepared: map[string]string{}}
	c.databases[DefaultDatabase] = newDatabase(DefaultDatabase)
	return c
}

// Verify sets how far data is held against its manifest, the size of exports up to
// which MD5s are checked unasked, and what remembers which files were proven. It
// comes before tables are made.
func (c *Catalog) Verify(v Verify, hashBelow int64, p *proven.Prover) {
	c.verify, c.hashBelow, c.prover = v, hashBelow, p
}

func newDatabase(name string) *database {
	return &database{name: name, tables: map[string]*Table{}, views: map[string]*View{}}
}

// HasDatabase reports whether there is a database of that name, in any case.
func (c *Catalog) HasDatabase(name string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.databases[strings.ToLower(name)] != nil
}

// Databases returns the names, sorted.
func (c *Catalog) Databases() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return sortedKeys(c.databases)
}

// CreateDatabase makes a database.
func (c *Catalog) CreateDatabase(name, comment, location string, properties []Property, ifNotExists bool) error {
	return c.change(func() error { return c.createDatabase(name, comment, location, properties, ifNotExists) })
}

func (c *Catalog) createDatabase(name, comment, location string, properties []Property, ifNotExists bool) error {
	name = strings.ToLower(name)
	if c.databases[name] != nil {
		if ifNotExists {
			return nil
		}
		return sqlerr.New(sqlerr.SchemaAlreadyExists, "Schema '%s.%s' already exists", Name, name)
	}
	d := newDatabase(name)
	d.comment, d.location, d.properties = comment, location, properties
	c.databases[name] = d
	return nil
}

// DropDatabase drops a database; one that holds something only with cascade.
func (c *Catalog) DropDatabase(name string, ifExists, cascade bool) error {
	return c.change(func() error { return c.dropDatabase(name, ifExists, cascade) })
}

func (c *Catalog) dropDatabase(name string, ifExists, cascade bool) error {
	name = strings.ToLower(name)
	d := c.databases[name]
	switch {
	case d == nil && ifExists:
		return nil
	case d == nil:
		return sqlerr.New(sqlerr.SchemaNotFound, "Schema '%s' does not exist", name)
	case !cascade && len(d.tables)+len(d.views) > 0:
		return sqlerr.New(sqlerr.SchemaNotEmpty, "Cannot drop non-empty schema '%s'", name)
	}
	delete(c.databases, name)
	return nil
}

// SetDatabaseProperties adds properties to a database's, or gives those that it has
// other values.
func (c *Catalog) SetDatabaseProperties(name string, list []Property) error {
	return c.change(func() error {
		d := c.databases[strings.ToLower(name)]
		if d == nil {
			return sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException [Error 10072]: Database does not exist: %s", name)
		}
		props := slices.Clone(d.properties)
		for _, p := range list {
			if k := slices.IndexFunc(props, func(q Property) bool { return q.Key == p.Key }); k >= 0 {
				props[k].Value = p.Value
			} else {
				props = append(props, p)
			}
		}
		n := *d
		n.properties = props
		c.databases[n.name] = &n
		return nil
	})
}

// Database is what is known of a database itself.
type Database struct {
	Name, Comment, Location string
	Properties              []Property
}

// Describe returns a database's description, or nil.
func (c *Catalog) Describe(name string) *Database {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d := c.databases[strings.ToLower(name)]
	if d == nil {
		return nil
	}
	return &Database{Name: d.name, Comment: d.comment, Location: d.location, Properties: d.properties}
}

// Tables returns the names of a database's tables and views, sorted; ok is false
// where there is no such database.
func (c *Catalog) Tables(db string) (tables, views []string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d := c.databases[strings.ToLower(db)]
	if d == nil {
		return nil, nil, false
	}
	return sortedKeys(d.tables), sortedKeys(d.views), true
}

// Table returns a table, or nil.
func (c *Catalog) Table(db, name string) *Table {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if d := c.databases[strings.ToLower(db)]; d != nil {
		return d.tables[strings.ToLower(name)]
	}
	return nil
}

// View returns a view, or nil.
func (c *Catalog) View(db, name string) *View {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if d := c.databases[strings.ToLower(db)]; d != nil {
		return d.views[strings.ToLower(name)]
	}
	return nil
}

// CreateTable adds a table. Where its name is taken it stays as it was:
// ifNotExists makes that a success (semantics 4.2).
func (c *Catalog) CreateTable(t *Table, ifNotExists bool) error {
	return c.change(func() error { return c.createTable(t, ifNotExists) })
}

func (c *Catalog) createTable(t *Table, ifNotExists bool) error {
	d := c.databases[t.Database]
	if d == nil {
		return sqlerr.New(sqlerr.SchemaNotFound, "Schema '%s' does not exist", t.Database)
	}
	if d.tables[t.Name] != nil || d.views[t.Name] != nil {
		if ifNotExists {
			return nil
		}
		return sqlerr.New(sqlerr.TableAlreadyExists, "Table '%s.%s.%s' already exists", Name, t.Database, t.Name)
	}
	t.catalog = c
	d.tables[t.Name] = t
	return nil
}

// CreateView adds a view, or replaces one.
func (c *Catalog) CreateView(v *View, replace bool) error {
	return c.change(func() error { return c.createView(v, replace) })
}

func (c *Catalog) createView(v *View, replace bool) error {
	d := c.databases[v.Database]
	switch {
	case d == nil:
		return sqlerr.New(sqlerr.SchemaNotFound, "Schema '%s' does not exist", v.Database)
	case d.tables[v.Name] != nil:
		return sqlerr.New(sqlerr.TableAlreadyExists, "Table already exists: '%s.%s.%s'", Name, v.Database, v.Name)
	case d.views[v.Name] != nil && !replace:
		return sqlerr.New(sqlerr.TableAlreadyExists, "View already exists: '%s.%s.%s'", Name, v.Database, v.Name)
	}
	d.views[v.Name] = v
	return nil
}

// DropTable drops a table (or, as on Athena, a view); the data stays.
func (c *Catalog) DropTable(db, name string, ifExists bool) error {
	return c.change(func() error { return c.dropTable(db, name, ifExists) })
}

func (c *Catalog) dropTable(db, name string, ifExists bool) error {
	d, low := c.databases[strings.ToLower(db)], strings.ToLower(name)
	if d != nil && d.tables[low] != nil {
		delete(d.tables, low)
		return nil
	}
	if ifExists {
		return nil
	}
	if d != nil && d.views[low] != nil {
		return sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException Cannot drop a view with DROP TABLE")
	}
	return sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException [Error 10001]: Table not found %s", name)
}

// DropView drops a view.
func (c *Catalog) DropView(db, name string, ifExists bool) error {
	return c.change(func() error { return c.dropView(db, name, ifExists) })
}

func (c *Catalog) dropView(db, name string, ifExists bool) error {
	d, low := c.databases[strings.ToLower(db)], strings.ToLower(name)
	if d != nil && d.views[low] != nil {
		delete(d.views, low)
		return nil
	}
	if ifExists {
		return nil
	}
	return sqlerr.New(sqlerr.TableNotFound, "View '%s.%s.%s' does not exist", Name, strings.ToLower(db), low)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Property returns the value of a SerDe property, and whether it is there.
func (t *Table) Property(key string) (string, bool) {
	for _, p := range t.SerDeProperties {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// commentKey names the property that COMMENT writes.
const commentKey = "comment"

// SetComment sets what COMMENT says: in Hive that is a property. It stays the last
// one, as SHOW CREATE TABLE, by which a table is kept, does not tell its place.
func (t *Table) SetComment(text string) { t.SetProperty(commentKey, text) }

// SetProperty sets one of the TBLPROPERTIES, in its place where it is there.
func (t *Table) SetProperty(key, value string) {
	at := len(t.TblProperties)
	for i := range t.TblProperties {
		switch t.TblProperties[i].Key {
		case key:
			t.TblProperties[i].Value = value
			return
		case commentKey:
			at = i
		}
	}
	t.TblProperties = slices.Insert(t.TblProperties, at, Property{Key: key, Value: value})
}

// commentLast moves the comment behind the other properties.
func (t *Table) commentLast() {
	for i, p := range t.TblProperties {
		if p.Key == commentKey {
			t.TblProperties = append(slices.Delete(t.TblProperties, i, i+1), p)
			return
		}
	}
}

// Reader returns the table as package reader knows it.
func (t *Table) Reader() reader.Table {
	r := reader.Table{Name: t.Database + "." + t.Name, SerDe: t.SerDe, Properties: map[string]string{}}
	for _, c := range t.Columns {
		r.Columns = append(r.Columns, reader.Column{Name: c.Name, Type: c.Type})
	}
	for _, p := range t.SerDeProperties {
		r.Properties[p.Key] = p.Value
	}
	for _, p := range t.TblProperties {
		if p.Key == "skip.header.line.count" {
			if n, err := strconv.Atoi(p.Value); err == nil && n > 0 {
				r.SkipHeader = n
			}
		}
	}
	return r
}
