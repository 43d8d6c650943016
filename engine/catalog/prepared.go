package catalog

// Prepared statements: on Athena they belong to a work group, so they outlast the
// session that made them.

import (
	"errors"
	"strings"

	"github.com/ionq-db/ionq/sql/syntax"
)

// Prepare keeps a statement's text under a name, in place of another one.
func (c *Catalog) Prepare(name, text string) error {
	return c.change(func() error {
		c.prepared[strings.ToLower(name)] = text
		return nil
	})
}

// Prepared returns a prepared statement's text, and whether there is one.
func (c *Catalog) Prepared(name string) (string, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	text, ok := c.prepared[strings.ToLower(name)]
	return text, ok
}

// PreparedNames returns the names of all prepared statements, sorted.
func (c *Catalog) PreparedNames() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return sortedKeys(c.prepared)
}

// Deallocate forgets a prepared statement, and reports whether there was one.
func (c *Catalog) Deallocate(name string) (found bool, err error) {
	name = strings.ToLower(name)
	err = c.change(func() error {
		_, found = c.prepared[name]
		delete(c.prepared, name)
		return nil
	})
	return found, err
}

// preparedFile ends the names of their files in the catalog's folder.
const preparedFile = ".prepared.sql"

func preparedText(name, text string) string {
	return "PREPARE " + QuoteTrino(name) + " FROM\n" + text + "\n"
}

func readPrepared(text, name string) (string, error) {
	stmt, err := syntax.Parse(text)
	if err != nil {
		return "", err
	}
	p, ok := stmt.(*syntax.Prepare)
	if !ok || strings.ToLower(p.Name.Value) != name {
		return "", errors.New("it does not prepare " + name)
	}
	return p.Text, nil
}
