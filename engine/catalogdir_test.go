package engine

// The catalog in a folder: seen by engines that come later and by those that are
// there already; a damaged file is named.

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestCatalogFolder(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, Options{Catalog: dir}), open(t, Options{Catalog: dir})
	a.want("CREATE DATABASE d COMMENT 'its' LOCATION 's3://bucket/d/'", "")
	a.want("CREATE EXTERNAL TABLE d.t (id int COMMENT 'a; -- b', `select` struct<x:decimal(5,2)>) PARTITIONED BY (dt string) STORED AS ION LOCATION 's3://bucket/t/' TBLPROPERTIES ('k'='v\\'w')", "")
	a.want("ALTER TABLE d.t ADD PARTITION (dt='a;b') PARTITION (dt='\\'') LOCATION 's3://bucket/x/'", "")
	a.want("CREATE VIEW v AS SELECT 1 AS one, 'x' AS \"two words\"", "")
	a.want("ALTER TABLE d.t PARTITION (dt='a;b') ADD COLUMNS (late string COMMENT 'it\\'s; so')", "")
	b.want("SHOW PARTITIONS d.t", "dt=%27\ndt=a;b")
	b.want("SELECT * FROM v", "\"one\",\"two words\"\n\"1\",\"x\"\n")
	b.want("DROP VIEW v", "")
	a.fails("SELECT * FROM v", sqlerr.TableNotFound, "does not exist")
	c := open(t, Options{Catalog: dir})
	c.want("SHOW TBLPROPERTIES d.t('k')", "k\tv'w")
	c.want("SHOW PARTITIONS d.t", "dt=%27\ndt=a;b")
	c.want("DESCRIBE d.t PARTITION (dt='a;b') late", "late                \tstring              \tit's; so            ")
	c.want("ALTER TABLE d.t REPLACE COLUMNS (n int) CASCADE", "")
	a.fails("DESCRIBE d.t PARTITION (dt='a;b') late", sqlerr.SemanticException, "Invalid column reference")

	// Prepared statements are the work group's, not the session's.
	a.want("PREPARE \"My Sum\" FROM\nSELECT ? + 1 AS n -- no more\n", "")
	a.want("PREPARE gone FROM SELECT 1", "")
	b.want("EXECUTE \"my sum\" USING 2", "\"n\"\n\"3\"\n")
	b.want("DEALLOCATE PREPARE gone", "")
	d := open(t, Options{Catalog: dir})
	d.want("EXECUTE \"MY SUM\" USING 2", "\"n\"\n\"3\"\n")
	d.fails("EXECUTE gone", sqlerr.NotFound, "Prepared statement not found: gone")
	a.fails("DEALLOCATE PREPARE gone", sqlerr.NotFound, "Prepared statement not found: gone")
	file := filepath.Join(dir, "my%20sum.prepared.sql")
	if got, err := os.ReadFile(file); err != nil || string(got) != "PREPARE \"my sum\" FROM\nSELECT ? + 1 AS n\n" {
		t.Errorf("%q, %v", got, err)
	}

	name := filepath.Join(dir, "d", "t.table.sql")
	if err := os.WriteFile(name, []byte("CREATE EXTERNAL TABLE"), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := Open(Options{Catalog: dir})
	if err == nil {
		_ = e.Close()
		t.Fatal("a damaged catalog was opened")
	}
	if got := sqlerr.As(err); got.Code != sqlerr.HiveMetastoreError || !strings.Contains(got.Msg, "t.table.sql is damaged") {
		t.Error(err)
	}
	if _, err := a.s.Query(context.Background(), "SELECT 1"); err != nil {
		t.Error(err) // what was read before stays
	}
}
