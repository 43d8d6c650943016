package catalog

// The catalog in a folder: databases, tables, views and partitions outlast the
// process, as files of SQL that a person can read:
//
//	DIR/<database>/database.sql       CREATE DATABASE
//	DIR/<database>/<name>.table.sql   CREATE EXTERNAL TABLE, as SHOW CREATE TABLE prints it
//	DIR/<database>/<name>.parts.sql   ALTER TABLE ... ADD PARTITION, one a partition, each followed by
//	                                  ALTER TABLE ... PARTITION ... REPLACE COLUMNS where it has columns of its own
//	DIR/<database>/<name>.view.sql    comments with the columns' types (and the view's comment), then the query
//	DIR/<name>.prepared.sql           PREPARE name FROM statement
//	DIR/.version                      counts the changes
//	DIR/.lock                         held while files are read or changed
//
// Each file is written whole under another name and renamed. Who finds another
// number in .version than it has read reads all files again: that makes changes of
// other processes seen, at the start of each statement. A change counts up before
// its files are written and after.

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// Keep makes the catalog last in a folder, which is made where it is missing. It
// comes before anything is created.
func (c *Catalog) Keep(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return storeFailed(dir, err)
	}
	if err := os.MkdirAll(abs, 0o777); err != nil {
		return storeFailed(dir, err)
	}
	c.dir, c.version = abs, -1
	return c.Refresh()
}

func storeFailed(name string, err error) error {
	return sqlerr.New(sqlerr.HiveMetastoreError, "The catalog folder cannot be used: %s: %v", name, err).Wrap(err)
}

// Refresh takes over what other processes have changed.
func (c *Catalog) Refresh() error {
	if c.dir == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, err := c.onDisk(); err == nil && v == c.version {
		return nil // without the lock: what is being changed is not there yet
	}
	unlock, err := lock(filepath.Join(c.dir, ".lock"), false)
	if err != nil {
		return storeFailed(c.dir, err)
	}
	defer unlock()
	return c.reload()
}

// onDisk reads the version.
func (c *Catalog) onDisk() (int64, error) {
	b, err := os.ReadFile(filepath.Join(c.dir, ".version"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0, sqlerr.New(sqlerr.HiveMetastoreError, "The catalog file %s is damaged: it holds no number", filepath.Join(c.dir, ".version"))
	}
	return v, nil
}

// change runs f, which may change the catalog, while nobody else looks, and keeps
// what it did. Where f or keeping fails nothing has changed.
func (c *Catalog) change(f func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" {
		return f()
	}
	unlock, err := lock(filepath.Join(c.dir, ".lock"), true)
	if err != nil {
		return storeFailed(c.dir, err)
	}
	defer unlock()
	if v, err := c.onDisk(); err != nil {
		return err
	} else if v != c.version {
		if err := c.reload(); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	if err := c.save(); err != nil {
		c.version = -1
		if rerr := c.reload(); rerr != nil {
			return errors.Join(err, rerr)
		}
		return err
	}
	return nil
}

// save writes the files that are not as they should be.
func (c *Catalog) save() error {
	want, err := c.render()
	if err != nil {
		return err
	}
	if maps.Equal(want, c.saved) {
		return nil
	}
	version := c.version + 1
	if err := c.put(".version", strconv.FormatInt(version, 10)+"\n"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if old, ok := c.saved[name]; !ok || old != want[name] {
			if err := c.put(name, want[name]); err != nil {
				return err
			}
		}
	}
	for name := range c.saved {
		if _, ok := want[name]; !ok {
			if err := os.Remove(filepath.Join(c.dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return storeFailed(name, err)
			}
			if db, ok := strings.CutSuffix(name, "/database.sql"); ok {
				_ = os.Remove(filepath.Join(c.dir, db)) // a folder that holds something else stays
			}
		}
	}
	version++
	if err := c.put(".version", strconv.FormatInt(version, 10)+"\n"); err != nil {
		return err
	}
	c.version, c.saved = version, want
	return nil
}

// put writes one file, whole or not at all.
func (c *Catalog) put(name, text string) error {
	path := filepath.Join(c.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return storeFailed(name, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), unfinished+"*")
	if err != nil {
		return storeFailed(name, err)
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // hidden, and read by nobody
		return storeFailed(name, err)
	}
	return nil
}

// fileName makes a file's name of a database's, table's or view's.
func fileName(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c >= 0x80 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// render gives all files as they should be. Tables of paths are not kept.
func (c *Catalog) render() (map[string]string, error) {
	out := map[string]string{}
	for name, text := range c.prepared {
		out[fileName(name)+preparedFile] = preparedText(name, text)
	}
	for _, d := range c.databases {
		dir := fileName(d.name) + "/"
		out[dir+"database.sql"] = d.statement()
		for _, t := range d.tables {
			if t.Inferred {
				continue
			}
			text := t.CreateStatement() + "\n"
			name := dir + fileName(t.Name) + ".table.sql"
			if c.saved[name] != text {
				if _, err := readTable(text, t.Database, t.Name); err != nil {
					return nil, sqlerr.New(sqlerr.NotSupported, "Table %s.%s cannot be kept in the catalog's folder: %s", t.Database, t.Name, sqlerr.As(err).Msg)
				}
			}
			out[name] = text
			if len(t.parts) > 0 {
				out[dir+fileName(t.Name)+".parts.sql"] = t.partsText()
			}
		}
		for _, v := range d.views {
			out[dir+fileName(v.Name)+".view.sql"] = v.storeText()
		}
	}
	return out, nil
}

func (d *database) statement() string {
	s := "CREATE DATABASE " + quoteHive(d.name)
	if d.comment != "" {
		s += " COMMENT " + textHive(d.comment)
	}
	if d.location != "" {
		s += " LOCATION " + textHive(d.location)
	}
	for i, p := range d.properties {
		s += []string{" WITH DBPROPERTIES (", ", "}[min(i, 1)] + textHive(p.Key) + "=" + textHive(p.Value)
	}
	if d.properties != nil {
		s += ")"
	}
	return s + "\n"
}

func (t *Table) partsText() string {
	var b strings.Builder
	for _, p := range t.parts {
		var spec strings.Builder
		for i, c := range t.Partitions {
			if i > 0 {
				spec.WriteString(", ")
			}
			spec.WriteString(quoteHive(c.Name) + "=" + textHive(p.Values[i]))
		}
		b.WriteString("ALTER TABLE " + quoteHive(t.Name) + " ADD PARTITION (" + spec.String() + ") LOCATION " + textHive(p.Location) + "\n")
		if p.Columns != nil {
			b.WriteString("ALTER TABLE " + quoteHive(t.Name) + " PARTITION (" + spec.String() + ") REPLACE COLUMNS (")
			for i, c := range p.Columns {
				if i > 0 {
					b.WriteString(", ")
				}
				b.WriteString(quoteHive(c.Name) + " " + c.HiveType)
				if c.Comment != "" {
					b.WriteString(" COMMENT " + textHive(c.Comment))
				}
			}
			b.WriteString(")\n")
		}
	}
	return b.String()
}

func (v *View) storeText() string {
	var b strings.Builder
	for _, c := range v.Columns {
		b.WriteString("-- column " + strconv.Quote(c.Name) + " " + c.Type.String() + "\n")
	}
	if v.Comment != "" {
		b.WriteString("-- comment " + strconv.Quote(v.Comment) + "\n")
	}
	if v.Security != "" {
		b.WriteString("-- security " + v.Security + "\n")
	}
	return b.String() + v.Text + "\n"
}

// unfinished begins the names of files that are being written.
const unfinished = ".new-"

// reload reads all files. It runs under the lock, shared or not, so that nobody is
// writing: what is unfinished was left by a killed process, and goes.
func (c *Catalog) reload() error {
	version, err := c.onDisk()
	if err != nil {
		return err
	}
	saved, prepared := map[string]string{}, map[string]string{}
	databases := map[string]*database{DefaultDatabase: newDatabase(DefaultDatabase)}
	dirs, err := os.ReadDir(c.dir)
	if err != nil {
		return storeFailed(c.dir, err)
	}
	for _, e := range dirs {
		if !e.IsDir() && strings.HasPrefix(e.Name(), unfinished) {
			_ = os.Remove(filepath.Join(c.dir, e.Name()))
		}
		if !e.IsDir() {
			if file, ok := strings.CutSuffix(e.Name(), preparedFile); ok && !strings.HasPrefix(file, ".") {
				if err := c.loadPrepared(file, prepared, saved); err != nil {
					return err
				}
			}
			continue
		}
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := c.loadDatabase(e.Name(), databases, saved); err != nil {
			return err
		}
	}
	// Tables of paths are of this process alone, and stay.
	for _, d := range c.databases {
		for name, t := range d.tables {
			if n := databases[d.name]; t.Inferred && n != nil && n.tables[name] == nil {
				n.tables[name] = t
			}
		}
	}
	c.databases, c.prepared, c.saved, c.version = databases, prepared, saved, version
	return nil
}

// loadPrepared reads the file of a prepared statement.
func (c *Catalog) loadPrepared(file string, prepared, saved map[string]string) error {
	b, err := os.ReadFile(filepath.Join(c.dir, file+preparedFile))
	if err != nil {
		return storeFailed(file, err)
	}
	name := unescapePath(file)
	text, err := readPrepared(string(b), name)
	if err != nil {
		return c.damaged(file+preparedFile, err)
	}
	prepared[name], saved[file+preparedFile] = text, string(b)
	return nil
}

func (c *Catalog) damaged(file string, err error) error {
	return sqlerr.New(sqlerr.HiveMetastoreError, "The catalog file %s is damaged: %s", filepath.Join(c.dir, filepath.FromSlash(file)), sqlerr.As(err).Msg).
		WithHint("mend it by hand, it is SQL; or remove it, which drops what it declares")
}

// loadDatabase reads a database's folder. One without database.sql is none: data/
// of tables that CTAS wrote, say.
func (c *Catalog) loadDatabase(dir string, databases map[string]*database, saved map[string]string) error {
	read := func(name string) (string, error) {
		b, err := os.ReadFile(filepath.Join(c.dir, dir, name))
		if err != nil {
			return "", err
		}
		saved[dir+"/"+name] = string(b)
		return string(b), nil
	}
	damaged := func(name string, err error) error { return c.damaged(dir+"/"+name, err) }
	text, err := read("database.sql")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return storeFailed(dir, err)
	}
	stmt, err := syntax.Parse(text)
	if err != nil {
		return damaged("database.sql", err)
	}
	cd, ok := stmt.(*syntax.CreateDatabase)
	if !ok || len(cd.Name.Parts) != 1 {
		return damaged("database.sql", errors.New("it is no CREATE DATABASE"))
	}
	d := newDatabase(strings.ToLower(cd.Name.Parts[0].Value))
	if cd.Comment != nil {
		d.comment = cd.Comment.Value
	}
	if cd.Location != nil {
		d.location = cd.Location.Value
	}
	d.properties = properties(cd.Properties)
	databases[d.name] = d
	entries, err := os.ReadDir(filepath.Join(c.dir, dir))
	if err != nil {
		return storeFailed(dir, err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, unfinished) {
			_ = os.Remove(filepath.Join(c.dir, dir, name))
		}
		if strings.HasPrefix(name, ".") {
			continue
		}
		switch {
		case strings.HasSuffix(name, ".table.sql"):
			text, err := read(name)
			if err != nil {
				return storeFailed(name, err)
			}
			t, err := readTable(text, d.name, unescapePath(strings.TrimSuffix(name, ".table.sql")))
			if err != nil {
				return damaged(name, err)
			}
			t.catalog = c
			d.tables[t.Name] = t
			parts := strings.TrimSuffix(name, ".table.sql") + ".parts.sql"
			switch text, err := read(parts); {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				return storeFailed(parts, err)
			default:
				if err := t.readParts(text); err != nil {
					return damaged(parts, err)
				}
			}
		case strings.HasSuffix(name, ".view.sql"):
			text, err := read(name)
			if err != nil {
				return storeFailed(name, err)
			}
			v, err := readView(text)
			if err != nil {
				return damaged(name, err)
			}
			v.Database, v.Name = d.name, unescapePath(strings.TrimSuffix(name, ".view.sql"))
			d.views[v.Name] = v
		}
	}
	return nil
}

// fromStore is the comment that SHOW CREATE TABLE gives columns without one.
const fromStore = "from deserializer"

func readTable(text, db, name string) (*Table, error) {
	stmt, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	s, ok := stmt.(*syntax.CreateTable)
	if !ok {
		return nil, errors.New("it is no CREATE EXTERNAL TABLE")
	}
	t, err := tableFrom(s, db, true)
	if err != nil {
		return nil, err
	}
	if t.Database != db || t.Name != name {
		return nil, fmt.Errorf("it declares %s.%s", t.Database, t.Name)
	}
	for i := range t.Columns {
		if t.Columns[i].Comment == fromStore {
			t.Columns[i].Comment = ""
		}
	}
	return t, nil
}

func (t *Table) readParts(text string) error {
	for _, x := range syntax.Split(strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\nALTER TABLE ", ";\nALTER TABLE ")) {
		stmt, err := syntax.Parse(x.Text)
		if err != nil {
			return err
		}
		s, ok := stmt.(*syntax.AlterTable)
		if !ok {
			return errors.New("it is no ALTER TABLE")
		}
		if r, ok := s.Action.(*syntax.ReplaceColumns); ok && len(t.parts) > 0 {
			last := &t.parts[len(t.parts)-1]
			for _, def := range r.Columns {
				c, err := ColumnOf(def)
				if err != nil {
					return err
				}
				last.Columns = append(last.Columns, c)
			}
			continue
		}
		a, ok := s.Action.(*syntax.AddPartitions)
		if !ok {
			return errors.New("it adds no partition")
		}
		for _, spec := range a.Partitions {
			p := Partition{Values: make([]string, len(t.Partitions))}
			if len(spec.Values) != len(t.Partitions) || spec.Location == nil {
				return errors.New("a partition has not all values, or no location")
			}
			p.Location = spec.Location.Value
			for i, v := range spec.Values {
				l, ok := v.Value.(*syntax.StringLiteral)
				if !ok || !strings.EqualFold(v.Column.Value, t.Partitions[i].Name) {
					return errors.New("a partition is not of this table")
				}
				p.Values[i] = l.Value
			}
			t.parts = append(t.parts, p)
		}
	}
	t.SetPartitions(slices.Clone(t.parts))
	return nil
}

func readView(text string) (*View, error) {
	v := &View{}
	for {
		line, rest, _ := strings.Cut(text, "\n")
		if c, ok := strings.CutPrefix(line, "-- comment "); ok && len(v.Columns) > 0 {
			comment, err := strconv.Unquote(c)
			if err != nil {
				return nil, errors.New("its comment is not quoted")
			}
			v.Comment, text = comment, rest
			continue
		}
		if c, ok := strings.CutPrefix(line, "-- security "); ok && len(v.Columns) > 0 {
			v.Security, text = c, rest
			continue
		}
		c, ok := strings.CutPrefix(line, "-- column ")
		if !ok {
			break
		}
		quoted, err := strconv.QuotedPrefix(c)
		if err != nil {
			return nil, errors.New("a column has no name")
		}
		name, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, errors.New("a column has no name")
		}
		t, err := types.Parse(strings.TrimSpace(c[len(quoted):]))
		if err != nil {
			return nil, err
		}
		v.Columns = append(v.Columns, Column{Name: name, Type: t})
		text = rest
	}
	v.Text = strings.TrimSuffix(text, "\n")
	if len(v.Columns) == 0 || v.Text == "" {
		return nil, errors.New("it has no columns, or no query")
	}
	stmt, err := syntax.Parse(v.Text)
	if err != nil {
		return nil, err
	}
	if _, ok := stmt.(*syntax.QueryStatement); !ok {
		return nil, errors.New("it is no query")
	}
	return v, nil
}
