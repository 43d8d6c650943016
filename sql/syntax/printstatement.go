package syntax

// This file prints statements, in the dialect that each is written in.

import (
	"fmt"
	"strconv"
)

func (p *printer) statement(s Statement) {
	switch s := s.(type) {
	case *QueryStatement:
		p.query(s.Query)
	case *CreateTableAs:
		p.s("CREATE ", opt(s.Replace, "OR REPLACE "), "TABLE ", opt(s.IfNotExists, "IF NOT EXISTS "))
		p.name(s.Name)
		p.aliases(s.Columns)
		p.clause(" COMMENT ", s.Comment)
		p.properties(s.Properties)
		p.s(" AS ")
		p.query(s.Query)
		p.s(opt(s.NoData, " WITH NO DATA"))
	case *CreateView:
		p.s("CREATE ", opt(s.Replace, "OR REPLACE "), "VIEW ")
		p.name(s.Name)
		p.clause(" COMMENT ", s.Comment)
		p.s(opt(s.Security != "", " SECURITY "+s.Security), " AS ")
		p.query(s.Query)
	case *Insert:
		p.s("INSERT INTO ")
		p.name(s.Table)
		p.aliases(s.Columns)
		p.s(" ")
		p.query(s.Query)
	case *Unload:
		p.s("UNLOAD (")
		p.query(s.Query)
		p.s(") TO ")
		p.str(s.Location)
		p.properties(s.Properties)
	case *Prepare:
		p.s("PREPARE ")
		p.id(s.Name)
		p.s(" FROM ")
		p.nested = true
		p.statement(s.Statement)
	case *Execute:
		p.s("EXECUTE ")
		p.id(s.Name)
		p.using(s.Args)
	case *ExecuteImmediate:
		p.s("EXECUTE IMMEDIATE ")
		p.str(s.Text)
		p.using(s.Args)
	case *Deallocate:
		p.s("DEALLOCATE PREPARE ")
		p.id(s.Name)
	case *Explain:
		p.s("EXPLAIN ", opt(s.Analyze, "ANALYZE "), opt(s.Verbose, "VERBOSE "))
		switch {
		case s.Format != "" && s.Type != "":
			p.s("(FORMAT ", s.Format, ", TYPE ", s.Type, ") ")
		case s.Format != "":
			p.s("(FORMAT ", s.Format, ") ")
		case s.Type != "":
			p.s("(TYPE ", s.Type, ") ")
		}
		p.nested = true
		p.statement(s.Statement)
	case *ShowFunctions:
		p.s("SHOW FUNCTIONS")
		p.in(" FROM ", s.From)
		p.clause(" LIKE ", s.Like)
		p.clause(" ESCAPE ", s.Escape)
	case *OtherStatement:
		p.s(s.Text)
	default:
		p.hive = !p.nested
		p.hiveStatement(s)
	}
}

func opt(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

// clause prints words and a string, or nothing without the string.
func (p *printer) clause(words string, s *StringLiteral) {
	if s != nil {
		p.s(words)
		p.str(s)
	}
}

// in prints words and a name, or nothing without the name.
func (p *printer) in(words string, q *QualifiedName) {
	if q != nil {
		p.s(words)
		p.name(q)
	}
}

func (p *printer) using(args []Expr) {
	if args != nil {
		p.s(" USING ")
		p.exprs(args)
	}
}

func (p *printer) properties(list []*Property) {
	for i, prop := range list {
		p.s([...]string{" WITH (", ", "}[min(i, 1)])
		p.id(prop.Name)
		p.s(" = ")
		if prop.Value == nil {
			p.s("DEFAULT")
		} else {
			p.expr(prop.Value, levelAny)
		}
	}
	if list != nil {
		p.s(")")
	}
}

func (p *printer) hiveStatement(s Statement) {
	switch s := s.(type) {
	case *CreateTable:
		p.createTable(s)
	case *CreateDatabase:
		p.s("CREATE DATABASE ", opt(s.IfNotExists, "IF NOT EXISTS "))
		p.name(s.Name)
		p.clause(" COMMENT ", s.Comment)
		p.clause(" LOCATION ", s.Location)
		p.hiveProperties(" WITH DBPROPERTIES ", s.Properties)
	case *DropDatabase:
		p.s("DROP DATABASE ", opt(s.IfExists, "IF EXISTS "))
		p.name(s.Name)
		p.s(opt(s.Cascade, " CASCADE"))
	case *DropTable:
		p.s("DROP TABLE ", opt(s.IfExists, "IF EXISTS "))
		p.name(s.Name)
	case *DropView:
		p.s("DROP VIEW ", opt(s.IfExists, "IF EXISTS "))
		p.name(s.Name)
	case *AlterDatabase:
		p.s("ALTER DATABASE ")
		p.name(s.Name)
		p.hiveProperties(" SET DBPROPERTIES ", s.Properties)
	case *AlterTable:
		p.s("ALTER TABLE ")
		p.name(s.Name)
		if s.Partition != nil {
			p.s(" ")
			p.partition(s.Partition)
		}
		p.s(" ")
		p.alterAction(s.Action)
	case *MsckRepair:
		p.s("MSCK REPAIR TABLE ")
		p.name(s.Name)
	case *ShowDatabases:
		p.s("SHOW DATABASES")
		p.clause(" LIKE ", s.Like)
	case *ShowTables:
		p.s("SHOW TABLES")
		p.in(" IN ", s.In)
		p.clause(" ", s.Like)
	case *ShowViews:
		p.s("SHOW VIEWS")
		p.in(" IN ", s.In)
		p.clause(" LIKE ", s.Like)
	case *ShowColumns:
		p.s("SHOW COLUMNS IN ")
		p.name(s.Table)
		p.in(" IN ", s.In)
	case *ShowCreate:
		p.s("SHOW CREATE ", [...]string{"TABLE ", "VIEW "}[btoi(s.View)])
		p.name(s.Name)
	case *ShowPartitions:
		p.s("SHOW PARTITIONS ")
		p.name(s.Name)
		if s.Partition != nil {
			p.s(" ")
			p.partition(s.Partition)
		}
	case *ShowTblProperties:
		p.s("SHOW TBLPROPERTIES ")
		p.name(s.Name)
		if s.Key != nil {
			p.clause("(", s.Key)
			p.s(")")
		}
	case *Describe:
		p.s("DESCRIBE ", opt(s.Extended, "EXTENDED "), opt(s.Formatted, "FORMATTED "))
		p.name(s.Name)
		if s.Partition != nil {
			p.s(" ")
			p.partition(s.Partition)
		}
		for i, id := range s.Column {
			p.s([...]string{" ", "."}[min(i, 1)])
			p.id(id)
		}
	case *DescribeDatabase:
		p.s("DESCRIBE DATABASE ", opt(s.Extended, "EXTENDED "))
		p.name(s.Name)
	default:
		panic(fmt.Sprintf("BUG: Format of %T", s))
	}
}

func (p *printer) createTable(c *CreateTable) {
	p.s("CREATE ", opt(c.SkewedOrOthers == "TEMPORARY", "TEMPORARY "), opt(c.External, "EXTERNAL "), "TABLE ", opt(c.IfNotExists, "IF NOT EXISTS "))
	p.name(c.Name)
	if c.Columns != nil {
		p.s(" ")
		p.columns(c.Columns)
	}
	p.clause(" COMMENT ", c.Comment)
	switch {
	case c.Partitioned != nil:
		p.s(" PARTITIONED BY ")
		p.columns(c.Partitioned)
	case c.Transforms != nil:
		p.s(" PARTITIONED BY (")
		p.exprs(c.Transforms)
		p.s(")")
	}
	if b := c.Clustered; b != nil {
		p.s(" CLUSTERED BY (")
		p.ids(b.Columns)
		p.s(")")
		for i, item := range b.Sorted {
			p.s([...]string{" SORTED BY (", ", "}[min(i, 1)])
			p.sortItem(item)
		}
		p.s(opt(b.Sorted != nil, ")"), " INTO ", strconv.FormatInt(b.Buckets, 10), " BUCKETS")
	}
	if r := c.RowFormat; r != nil {
		if r.SerDe != nil {
			p.clause(" ROW FORMAT SERDE ", r.SerDe)
			p.hiveProperties(" WITH SERDEPROPERTIES ", r.Properties)
		} else {
			p.s(" ROW FORMAT DELIMITED")
			p.clause(" FIELDS TERMINATED BY ", r.FieldsTerminatedBy)
			p.clause(" ESCAPED BY ", r.EscapedBy)
			p.clause(" COLLECTION ITEMS TERMINATED BY ", r.CollectionTerminatedBy)
			p.clause(" MAP KEYS TERMINATED BY ", r.MapKeysTerminatedBy)
			p.clause(" LINES TERMINATED BY ", r.LinesTerminatedBy)
			p.clause(" NULL DEFINED AS ", r.NullDefinedAs)
		}
	}
	if s := c.StoredAs; s != nil {
		p.s(" STORED AS ")
		if s.Format != nil {
			p.id(s.Format)
		} else {
			p.clause("INPUTFORMAT ", s.InputFormat)
			p.clause(" OUTPUTFORMAT ", s.OutputFormat)
			p.clause(" INPUTDRIVER ", s.InputDriver)
			p.clause(" OUTPUTDRIVER ", s.OutputDriver)
		}
	}
	if s := c.StoredBy; s != nil {
		p.clause(" STORED BY ", s.Handler)
		p.hiveProperties(" WITH SERDEPROPERTIES ", s.Properties)
	}
	p.clause(" LOCATION ", c.Location)
	p.hiveProperties(" TBLPROPERTIES ", c.TblProperties)
}

func (p *printer) columns(list []*ColumnDefinition) {
	for i, c := range list {
		p.s([...]string{"(", ", "}[min(i, 1)])
		p.column(c)
	}
	p.s(")")
}

func (p *printer) column(c *ColumnDefinition) {
	p.id(c.Name)
	p.s(" ")
	p.hiveType(c.Type)
	p.clause(" COMMENT ", c.Comment)
}

// hiveType prints a type with the comments of its fields, which the type's
// String leaves out.
func (p *printer) hiveType(t *HiveType) {
	p.s(t.Name)
	for i, n := range t.Params {
		p.s([...]string{"(", ","}[min(i, 1)], strconv.Itoa(n))
	}
	p.s(opt(t.Params != nil, ")"))
	for i, f := range t.Fields {
		p.s([...]string{"<", ","}[min(i, 1)])
		p.id(f.Name)
		p.s(":")
		p.hiveType(f.Type)
		p.clause(" COMMENT ", f.Comment)
	}
	for i, a := range t.Args {
		p.s([...]string{"<", ","}[min(i, 1)])
		p.hiveType(a)
	}
	p.s(opt(t.Fields != nil || t.Args != nil, ">"))
}

func (p *printer) hiveProperties(words string, list []*HiveProperty) {
	for i, prop := range list {
		p.s([...]string{words + "(", ", "}[min(i, 1)])
		p.str(prop.Key)
		p.s(" = ")
		p.str(prop.Value)
	}
	p.s(opt(list != nil, ")"))
}

func (p *printer) partition(s *PartitionSpec) {
	for i, v := range s.Values {
		p.s([...]string{"PARTITION (", ", "}[min(i, 1)])
		p.id(v.Column)
		if v.Value != nil {
			p.s(" ", v.Op, " ")
			p.expr(v.Value, levelAny)
		}
	}
	p.s(")")
	p.clause(" LOCATION ", s.Location)
}

func (p *printer) alterAction(a AlterAction) {
	switch a := a.(type) {
	case *AddPartitions:
		p.s("ADD", opt(a.IfNotExists, " IF NOT EXISTS"))
		for _, s := range a.Partitions {
			p.s(" ")
			p.partition(s)
		}
	case *DropPartitions:
		p.s("DROP", opt(a.IfExists, " IF EXISTS"))
		for i, s := range a.Partitions {
			p.s([...]string{" ", ", "}[min(i, 1)])
			p.partition(s)
		}
	case *RenamePartition:
		p.s("RENAME TO ")
		p.partition(a.To)
	case *AddColumns:
		p.s("ADD COLUMNS ")
		p.columns(a.Columns)
		p.s(opt(a.Cascade, " CASCADE"))
	case *ReplaceColumns:
		p.s("REPLACE COLUMNS ")
		p.columns(a.Columns)
		p.s(opt(a.Cascade, " CASCADE"))
	case *SetLocation:
		p.clause("SET LOCATION ", a.Location)
	case *SetTblProperties:
		p.hiveProperties("SET TBLPROPERTIES ", a.Properties)
	case *UnsetTblProperties:
		p.s("UNSET TBLPROPERTIES ", opt(a.IfExists, "IF EXISTS "))
		for i, k := range a.Keys {
			p.clause([...]string{"(", ", "}[min(i, 1)], k)
		}
		p.s(")")
	case *ChangeColumn:
		p.s("CHANGE COLUMN ")
		p.id(a.Old)
		p.s(" ")
		p.column(a.Column)
		switch {
		case a.First:
			p.s(" FIRST")
		case a.After != nil:
			p.s(" AFTER ")
			p.id(a.After)
		}
		p.s(opt(a.Cascade, " CASCADE"))
	case *DropColumn:
		p.s("DROP COLUMN ")
		p.id(a.Column)
	case *OtherAlter:
		p.s(a.Text)
	}
}
