package syntax

// This file parses Athena's DDL and utility statements by Hive's grammar
// (semantics 4; Athena user guide: CREATE TABLE, ALTER TABLE ..., SHOW ...,
// DESCRIBE, MSCK REPAIR TABLE; HiveParser.g where they are silent). Names are
// quoted by backquotes, double quotes make strings, backslashes escape.

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// hiveUnescape undoes the escapes of a Hive string.
func hiveUnescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'b':
			b.WriteByte('\b')
		case 'Z':
			b.WriteByte(0x1a)
		case '%', '_':
			b.WriteByte('\\') // they are for LIKE to undo
			b.WriteByte(c)
		case 'u':
			if i+4 < len(s) {
				if n, err := strconv.ParseUint(s[i+1:i+5], 16, 16); err == nil {
					b.WriteRune(rune(n))
					i += 4
					continue
				}
			}
			b.WriteByte(c)
		default:
			if i+2 < len(s) && '0' <= c && c <= '1' && isOctal(s[i+1]) && isOctal(s[i+2]) {
				b.WriteRune(rune(c-'0')<<6 | rune(s[i+1]-'0')<<3 | rune(s[i+2]-'0'))
				i += 2
			} else if c == '0' {
				b.WriteByte(0)
			} else {
				b.WriteByte(c)
			}
		}
	}
	return b.String()
}

func isOctal(c byte) bool { return '0' <= c && c <= '7' }

// hiveFail words a failure as Hive does: columns count from 0, and the message
// has the position in it.
func (p *parser) hiveFail(t *Token, text string) {
	near := ""
	if p.pos > 0 {
		near = p.tokenText(&p.tokens[p.pos-1])
	}
	msg := ""
	switch {
	case p.wantedAt == p.pos && len(p.wanted) > 0 && p.wanted[len(p.wanted)-1] == "<EOF>":
		msg = "missing EOF at '" + text + "' near '" + near + "'"
	case p.wantedAt == p.pos && len(p.wanted) == 1:
		want := p.wanted[0]
		switch want {
		case "<string>":
			want = "StringLiteral"
		case "<integer>":
			want = "Number"
		case "<identifier>":
			want = "Identifier"
		}
		msg = "mismatched input '" + text + "' expecting " + want + " near '" + near + "' in " + p.rulePhrase()
	default:
		var b strings.Builder
		b.WriteString("cannot recognize input near")
		for n := range 3 {
			part := "<EOF>"
			if t := p.peek(n); t.Kind != EOF {
				part = p.tokenText(t)
			}
			b.WriteString(" '" + part + "'")
		}
		msg = b.String() + " in " + p.rulePhrase()
	}
	pos := sqlerr.At(t.Off)
	line, col := pos.LineCol(p.text)
	err := sqlerr.Newf(sqlerr.ParseException, pos, "FAILED: ParseException line %d:%d %s", line, col-1, msg)
	if t.Kind == String && p.wantedAt == p.pos && strings.HasPrefix(text, `"`) {
		err.Hint = "in DDL, SHOW and DESCRIBE names are quoted with backquotes: `" + strings.Trim(text, `"`) + "`"
	} else {
		err.Hint = p.hint(t)
	}
	p.stop(err)
}

// rulePhrase says what was being parsed, in Hive's words.
func (p *parser) rulePhrase() string {
	if p.phrase == "" {
		return "statement"
	}
	return p.phrase
}

// within runs f with the phrase that a failure inside is explained with.
func (p *parser) within(phrase string, f func()) {
	outer := p.phrase
	p.phrase = phrase
	f()
	if p.err == nil {
		p.phrase = outer
	}
}

func (p *parser) hiveStatement() Statement {
	base := p.base()
	from := p.tok().Off
	var s Statement
	other := func(name string) { s = &OtherStatement{Base: base, Name: name, Text: p.rawText(from), Hive: true} }
	switch p.key() {
	case "CREATE":
		s = p.hiveCreate(base, from)
	case "DROP":
		p.within("ddl statement", func() { s = p.hiveDrop(base) })
	case "ALTER":
		s = p.hiveAlter(base)
	case "SHOW":
		p.within("show statement", func() { s = p.hiveShow(base, from) })
	case "DESCRIBE", "DESC":
		p.within("describe statement", func() { s = p.hiveDescribe(base) })
	case "MSCK":
		p.within("metastore check statement", func() {
			p.next()
			p.accept("REPAIR")
			p.expect("TABLE")
			name := p.qualifiedName()
			if p.key() == "ADD" || p.key() == "DROP" || p.key() == "SYNC" {
				p.next()
				p.expect("PARTITIONS")
				other("MSCK REPAIR TABLE ... PARTITIONS")
				return
			}
			s = &MsckRepair{Base: base, Name: name}
		})
	default:
		p.within("statement", func() {
			for _, k := range []string{"CREATE", "DROP", "ALTER", "SHOW", "DESCRIBE", "DESC", "MSCK"} {
				p.want(k)
			}
			p.fail()
		})
	}
	return s
}

func (p *parser) hiveCreate(base Base, from int) Statement {
	p.next()
	temporary := p.accept("TEMPORARY")
	external := p.accept("EXTERNAL")
	switch {
	case p.accept("TABLE"):
		var s Statement
		p.within("create table statement", func() { s = p.hiveCreateTable(base, from, external, temporary) })
		return s
	case !external && !temporary && (p.accept("DATABASE") || p.accept("SCHEMA")):
		d := &CreateDatabase{Base: base}
		p.within("create database statement", func() {
			d.IfNotExists = p.ifNotExists()
			d.Name = p.qualifiedName()
			if p.accept("COMMENT") {
				d.Comment = p.str()
			}
			if p.accept("LOCATION") {
				d.Location = p.str()
			}
			if p.accept("WITH") {
				p.expect("DBPROPERTIES")
				d.Properties = p.hiveProperties()
			}
		})
		return d
	}
	p.within("ddl statement", p.fail)
	return nil
}

func (p *parser) hiveCreateTable(base Base, from int, external, temporary bool) Statement {
	c := &CreateTable{Base: base, External: external}
	c.IfNotExists = p.ifNotExists()
	c.Name = p.qualifiedName()
	if p.accept("LIKE") {
		p.qualifiedName()
		if p.accept("LOCATION") {
			p.str()
		}
		if p.accept("TBLPROPERTIES") {
			p.hiveProperties()
		}
		return &OtherStatement{Base: base, Name: "CREATE TABLE LIKE", Text: p.rawText(from), Hive: true}
	}
	if temporary {
		c.SkewedOrOthers = "TEMPORARY"
	}
	if p.accept("(") {
		c.Columns = p.columnDefinitions()
		p.expect(")")
	}
	if p.accept("COMMENT") {
		c.Comment = p.str()
	}
	if p.accept("PARTITIONED") {
		p.expect("BY", "(")
		if p.transformsAhead() {
			for {
				c.Transforms = append(c.Transforms, p.transform())
				if !p.accept(",") {
					break
				}
			}
		} else {
			c.Partitioned = p.columnDefinitions()
		}
		p.expect(")")
	}
	if p.is("CLUSTERED") {
		c.Clustered = p.clusteredBy()
	}
	skewed := p.accept("SKEWED")
	if skewed {
		p.expect("BY", "(")
		p.identifiers()
		p.expect(")", "ON", "(")
		p.skewedValues()
		p.expect(")")
		if p.accept("STORED") {
			p.expect("AS", "DIRECTORIES")
		}
	}
	if p.is("ROW") {
		p.within("serde specification", func() { c.RowFormat = p.rowFormat() })
	}
	if p.is("STORED") {
		p.within("file format specification", func() { p.stored(c) })
	}
	if p.accept("LOCATION") {
		c.Location = p.str()
	}
	if p.accept("TBLPROPERTIES") {
		c.HasProperties = true
		c.TblProperties = p.hiveProperties()
	}
	if skewed {
		return &OtherStatement{Base: base, Name: "CREATE TABLE ... SKEWED BY", Text: p.rawText(from), Hive: true}
	}
	return c
}

func (p *parser) skewedValues() {
	p.enter()
	defer func() { p.depth-- }()
	for {
		if p.accept("(") {
			p.skewedValues()
			p.expect(")")
		} else {
			p.constant()
		}
		if !p.accept(",") {
			return
		}
	}
}

// columnDefinitions parses name type [COMMENT 'text'], ...
func (p *parser) columnDefinitions() []*ColumnDefinition {
	var list []*ColumnDefinition
	p.within("column specification", func() {
		for {
			list = append(list, p.hiveColumn())
			if !p.accept(",") {
				break
			}
		}
	})
	return list
}

func (p *parser) hiveColumn() *ColumnDefinition {
	c := &ColumnDefinition{Base: p.base(), Name: p.identifier()}
	p.within("column type", func() { c.Type = p.hiveType() })
	if p.accept("COMMENT") {
		c.Comment = p.str()
	}
	return c
}

// transformsAhead tells the partition transforms of an Iceberg table, day(ts)
// or a bare column, from Hive's partition columns, which have types.
func (p *parser) transformsAhead() bool {
	k := p.peekKey(1)
	return k == "(" || k == "," || k == ")"
}

func (p *parser) transform() Expr {
	base := p.base()
	var id *Identifier
	if p.key() == "TRUNCATE" && p.peekKey(1) == "(" { // reserved, and yet a transform
		id = &Identifier{Base: base, Value: p.tokenText(p.tok())}
		p.next()
	} else {
		id = p.identifier()
	}
	if !p.accept("(") {
		return id
	}
	c := &FunctionCall{Base: base, Name: &QualifiedName{Base: base, Parts: []*Identifier{id}}}
	for {
		if p.kind() == IntegerNumber {
			c.Args = append(c.Args, p.longLiteral(p.here(), p.integer()))
		} else {
			p.want("<integer>")
			c.Args = append(c.Args, p.identifier())
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return c
}

func (p *parser) clusteredBy() *ClusteredBy {
	c := &ClusteredBy{Base: p.base()}
	p.expect("CLUSTERED", "BY", "(")
	c.Columns = p.identifiers()
	p.expect(")")
	if p.accept("SORTED") {
		p.expect("BY", "(")
		for {
			s := &SortItem{Base: p.base(), Expr: p.identifier()}
			if !p.accept("ASC") && p.accept("DESC") {
				s.Ordering = Descending
			}
			c.Sorted = append(c.Sorted, s)
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	}
	p.expect("INTO")
	c.Buckets = p.longLiteral(p.here(), p.integer()).Value
	p.expect("BUCKETS")
	return c
}

func (p *parser) rowFormat() *RowFormat {
	r := &RowFormat{Base: p.base()}
	p.expect("ROW", "FORMAT")
	if p.accept("SERDE") {
		r.SerDe = p.str()
		if p.accept("WITH") {
			p.expect("SERDEPROPERTIES")
			r.Properties = p.hiveProperties()
		}
		return r
	}
	if !p.accept("DELIMITED") {
		p.fail()
		return r
	}
	if p.accept("FIELDS") {
		p.expect("TERMINATED", "BY")
		r.FieldsTerminatedBy = p.str()
		if p.accept("ESCAPED") {
			p.expect("BY")
			r.EscapedBy = p.str()
		}
	} else if p.accept("ESCAPED") { // Athena's synopsis lets it stand alone
		p.expect("BY")
		r.EscapedBy = p.str()
	}
	if p.accept("COLLECTION") {
		p.expect("ITEMS", "TERMINATED", "BY")
		r.CollectionTerminatedBy = p.str()
	}
	if p.accept("MAP") {
		p.expect("KEYS", "TERMINATED", "BY")
		r.MapKeysTerminatedBy = p.str()
	}
	if p.accept("LINES") {
		p.expect("TERMINATED", "BY")
		r.LinesTerminatedBy = p.str()
	}
	if p.accept("NULL") {
		p.expect("DEFINED", "AS")
		r.NullDefinedAs = p.str()
	}
	return r
}

func (p *parser) stored(c *CreateTable) {
	base := p.base()
	p.expect("STORED")
	if p.accept("BY") {
		b := &StoredBy{Base: base, Handler: p.str()}
		if p.accept("WITH") {
			p.expect("SERDEPROPERTIES")
			b.Properties = p.hiveProperties()
		}
		c.StoredBy = b
		return
	}
	p.expect("AS")
	s := &StoredAs{Base: base}
	if p.accept("INPUTFORMAT") {
		s.InputFormat = p.str()
		p.expect("OUTPUTFORMAT")
		s.OutputFormat = p.str()
		if p.accept("INPUTDRIVER") {
			s.InputDriver = p.str()
			p.expect("OUTPUTDRIVER")
			s.OutputDriver = p.str()
		}
	} else {
		s.Format = p.identifier()
	}
	c.StoredAs = s
}

// hiveProperties parses ('key' = 'value', ...).
func (p *parser) hiveProperties() []*HiveProperty {
	list := []*HiveProperty{}
	p.within("table properties", func() {
		p.expect("(")
		for {
			prop := &HiveProperty{Base: p.base(), Key: p.str()}
			p.expect("=")
			prop.Value = p.str()
			list = append(list, prop)
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	})
	return list
}

// hiveType parses a column's type.
func (p *parser) hiveType() *HiveType {
	t := &HiveType{Base: p.base()}
	p.enter()
	defer func() { p.depth-- }()
	switch k := p.key(); k {
	case "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "STRING", "BINARY", "DATE", "DATETIME", "TIMESTAMP":
		p.next()
		t.Name = strings.ToLower(k)
	case "INTEGER":
		p.next()
		t.Name = "int"
	case "DOUBLE":
		p.next()
		if p.key() == "PRECISION" {
			p.next()
		}
		t.Name = "double"
	case "DECIMAL", "NUMERIC":
		p.next()
		t.Name = "decimal"
		if p.accept("(") {
			t.Params = append(t.Params, p.typeNumber())
			if p.accept(",") {
				t.Params = append(t.Params, p.typeNumber())
			}
			p.expect(")")
		}
	case "CHAR", "VARCHAR":
		p.next()
		t.Name = strings.ToLower(k)
		p.expect("(")
		t.Params = append(t.Params, p.typeNumber())
		p.expect(")")
	case "ARRAY":
		p.next()
		t.Name = "array"
		p.expect("<")
		t.Args = append(t.Args, p.hiveType())
		p.expect(">")
	case "MAP":
		p.next()
		t.Name = "map"
		p.expect("<")
		t.Args = append(t.Args, p.hiveType())
		p.expect(",")
		t.Args = append(t.Args, p.hiveType())
		p.expect(">")
	case "UNIONTYPE":
		p.next()
		t.Name = "uniontype"
		p.expect("<")
		for {
			t.Args = append(t.Args, p.hiveType())
			if !p.accept(",") {
				break
			}
		}
		p.expect(">")
	case "STRUCT":
		p.next()
		t.Name = "struct"
		p.expect("<")
		for {
			f := &HiveField{Base: p.base(), Name: p.identifier()}
			p.expect(":")
			f.Type = p.hiveType()
			if p.accept("COMMENT") {
				f.Comment = p.str()
			}
			t.Fields = append(t.Fields, f)
			if !p.accept(",") {
				break
			}
		}
		p.expect(">")
	default:
		p.want("<type>")
		p.want("STRUCT")
		p.fail()
	}
	return t
}

func (p *parser) typeNumber() int {
	text := p.integer()
	n, err := strconv.ParseInt(text, 10, 32)
	p.check(err == nil, p.here(), "Invalid numeric literal: %s", text)
	return int(n)
}

func (p *parser) hiveDrop(base Base) Statement {
	p.next()
	switch {
	case p.accept("TABLE"):
		d := &DropTable{Base: base, IfExists: p.ifExists()}
		d.Name = p.qualifiedName()
		p.accept("PURGE")
		return d
	case p.accept("VIEW"):
		d := &DropView{Base: base, IfExists: p.ifExists()}
		d.Name = p.qualifiedName()
		return d
	case p.accept("DATABASE") || p.accept("SCHEMA"):
		d := &DropDatabase{Base: base, IfExists: p.ifExists()}
		d.Name = p.qualifiedName()
		if p.accept("CASCADE") {
			d.Cascade = true
		} else {
			p.accept("RESTRICT")
		}
		return d
	}
	p.fail()
	return nil
}

func (p *parser) hiveAlter(base Base) Statement {
	p.next()
	if p.key() == "DATABASE" || p.key() == "SCHEMA" {
		p.next()
		d := &AlterDatabase{Base: base}
		p.within("alter database statement", func() {
			d.Name = p.qualifiedName()
			p.expect("SET", "DBPROPERTIES")
			d.Properties = p.hiveProperties()
		})
		return d
	}
	a := &AlterTable{Base: base}
	p.within("alter table statement", func() {
		p.expect("TABLE")
		a.Name = p.qualifiedName()
		if p.is("PARTITION") {
			a.Partition = p.partitionSpec(false)
		}
		a.Action = p.alterAction(a.Partition != nil)
	})
	return a
}

func (p *parser) alterAction(partition bool) AlterAction {
	base := p.base()
	from := p.tok().Off
	// other takes the rest of the statement as it is: Athena refuses it, and
	// its details do not matter.
	other := func(name string) AlterAction {
		for p.kind() != EOF && p.key() != ";" {
			p.next()
		}
		return &OtherAlter{Base: base, Name: name, Text: p.rawText(from)}
	}
	switch {
	case p.accept("ADD"):
		if p.accept("COLUMNS") {
			p.expect("(")
			c := &AddColumns{Base: base, Columns: p.columnDefinitions()}
			p.expect(")")
			c.Cascade = p.cascade()
			return c
		}
		if partition {
			break
		}
		a := &AddPartitions{Base: base, IfNotExists: p.ifNotExists()}
		for {
			s := p.partitionSpec(false)
			if p.accept("LOCATION") {
				s.Location = p.str()
			}
			a.Partitions = append(a.Partitions, s)
			if !p.is("PARTITION") {
				return a
			}
		}
	case p.accept("REPLACE"):
		p.expect("COLUMNS", "(")
		c := &ReplaceColumns{Base: base, Columns: p.columnDefinitions()}
		p.expect(")")
		c.Cascade = p.cascade()
		return c
	case !partition && p.accept("DROP"):
		if p.accept("COLUMN") {
			return &DropColumn{Base: base, Column: p.identifier()}
		}
		d := &DropPartitions{Base: base, IfExists: p.ifExists()}
		for {
			d.Partitions = append(d.Partitions, p.partitionSpec(true))
			if !p.accept(",") {
				break
			}
		}
		p.accept("PURGE")
		return d
	case p.accept("RENAME"):
		p.expect("TO")
		if partition {
			return &RenamePartition{Base: base, To: p.partitionSpec(false)}
		}
		p.qualifiedName()
		return &OtherAlter{Base: base, Name: "RENAME TO", Text: p.rawText(from)}
	case p.accept("SET"):
		switch {
		case p.accept("LOCATION"):
			return &SetLocation{Base: base, Location: p.str()}
		case !partition && p.accept("TBLPROPERTIES"):
			return &SetTblProperties{Base: base, Properties: p.hiveProperties()}
		case p.is("SERDEPROPERTIES") || p.is("SERDE") || p.is("FILEFORMAT") || p.is("SKEWED") || p.is("OWNER"):
			return other("SET " + p.key())
		}
	case !partition && p.accept("UNSET"):
		p.expect("TBLPROPERTIES")
		u := &UnsetTblProperties{Base: base, IfExists: p.ifExists()}
		p.expect("(")
		for {
			u.Keys = append(u.Keys, p.str())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
		return u
	case p.accept("CHANGE"):
		if p.key() == "COLUMN" {
			p.next()
		}
		c := &ChangeColumn{Base: base, Old: p.identifier()}
		p.within("column specification", func() { c.Column = p.hiveColumn() })
		if p.accept("FIRST") {
			c.First = true
		} else if p.accept("AFTER") {
			c.After = p.identifier()
		}
		c.Cascade = p.cascade()
		return c
	case p.key() == "NOT" || p.key() == "CLUSTERED" || p.key() == "SKEWED" || p.key() == "TOUCH" || p.key() == "ARCHIVE" || p.key() == "UNARCHIVE" ||
		p.key() == "EXCHANGE" || p.key() == "ENABLE" || p.key() == "DISABLE" || p.key() == "COMPACT" || p.key() == "CONCATENATE" || p.key() == "RECOVER":
		return other(p.key())
	}
	p.fail()
	return nil
}

func (p *parser) cascade() bool {
	if p.accept("CASCADE") {
		return true
	}
	p.accept("RESTRICT")
	return false
}

// partitionSpec parses PARTITION (column = value, ...). Statements that drop
// partitions also compare.
func (p *parser) partitionSpec(compare bool) *PartitionSpec {
	s := &PartitionSpec{Base: p.base()}
	p.expect("PARTITION", "(")
	for {
		v := &PartitionValue{Base: p.base(), Column: p.identifier(), Op: "="}
		if compare {
			switch k := p.key(); k {
			case "<>", "!=", "<", "<=", ">", ">=":
				v.Op = k
				p.next()
				v.Value = p.constant()
			default:
				p.expect("=")
				v.Value = p.constant()
			}
		} else if p.accept("=") {
			v.Value = p.constant()
		}
		s.Values = append(s.Values, v)
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return s
}

// constant parses a literal: a string, a number, a date or timestamp, a
// boolean, or NULL.
func (p *parser) constant() Expr {
	base := p.base()
	switch {
	case p.kind() == String:
		return p.str()
	case p.atNumber(0) || p.key() == "-" && p.atNumber(1):
		return p.numberLiteral()
	case (p.key() == "DATE" || p.key() == "TIMESTAMP") && p.peek(1).Kind == String:
		k := p.key()
		p.next()
		return &GenericLiteral{Base: base, Type: k, Value: p.str().Value}
	case p.key() == "TRUE" || p.key() == "FALSE":
		k := p.key()
		p.next()
		return &BooleanLiteral{Base: base, Value: k == "TRUE"}
	case p.key() == "NULL":
		p.next()
		return &NullLiteral{Base: base}
	}
	p.within("constant", p.fail)
	return &NullLiteral{Base: base}
}

func (p *parser) hiveShow(base Base, from int) Statement {
	p.next()
	// A pattern may also be written as a bare name (showStmtIdentifier).
	word := func() *StringLiteral {
		if p.isName(p.tok()) {
			id := p.identifier()
			return &StringLiteral{Base: id.Base, Value: id.Value}
		}
		return p.str()
	}
	pattern := func() *StringLiteral {
		if p.accept("LIKE") || p.atString() || p.isName(p.tok()) {
			return word()
		}
		return nil
	}
	in := func() *QualifiedName {
		if p.fromOrIn() {
			return p.qualifiedName()
		}
		return nil
	}
	switch {
	case p.accept("DATABASES") || p.accept("SCHEMAS"):
		d := &ShowDatabases{Base: base}
		if p.accept("LIKE") {
			d.Like = word()
		}
		return d
	case p.accept("TABLES"):
		s := &ShowTables{Base: base, In: in()}
		s.Like = pattern()
		return s
	case p.accept("VIEWS"):
		s := &ShowViews{Base: base, In: in()}
		s.Like = pattern()
		return s
	case p.accept("COLUMNS"):
		p.expectOne("FROM", "IN")
		s := &ShowColumns{Base: base, Table: p.qualifiedName()}
		s.In = in()
		return s
	case p.accept("CREATE"):
		k := p.expectOne("TABLE", "VIEW")
		return &ShowCreate{Base: base, View: k == "VIEW", Name: p.qualifiedName()}
	case p.accept("PARTITIONS"):
		s := &ShowPartitions{Base: base, Name: p.qualifiedName()}
		if p.is("PARTITION") {
			s.Partition = p.partitionSpec(false)
		}
		return s
	case p.accept("TBLPROPERTIES"):
		s := &ShowTblProperties{Base: base, Name: p.qualifiedName()}
		if p.accept("(") {
			s.Key = p.str()
			p.expect(")")
		}
		return s
	}
	for _, k := range []string{"TABLE", "INDEX", "INDEXES", "LOCKS", "TRANSACTIONS", "COMPACTIONS", "CONF", "GRANT"} {
		if p.key() == k {
			for p.kind() != EOF && p.key() != ";" {
				p.next()
			}
			return &OtherStatement{Base: base, Name: "SHOW " + k, Text: p.rawText(from), Hive: true}
		}
	}
	p.fail()
	return nil
}

func (p *parser) hiveDescribe(base Base) Statement {
	p.next()
	d := &Describe{Base: base}
	switch {
	case (p.key() == "DATABASE" || p.key() == "SCHEMA") && p.peek(1).Kind != EOF && p.peekKey(1) != "." && p.peekKey(1) != ";":
		p.next()
		s := &DescribeDatabase{Base: base}
		if p.key() == "EXTENDED" {
			p.next()
			s.Extended = true
		}
		s.Name = p.qualifiedName()
		return s
	case p.accept("EXTENDED"):
		d.Extended = true
	case p.key() == "FORMATTED" && (p.isName(p.peek(1)) || p.peekKey(1) == "TABLE"):
		p.next()
		d.Formatted = true
	}
	if p.key() == "TABLE" {
		// DESCRIBE TABLE t is read as column t of a table named "table".
		id := &Identifier{Base: p.base(), Value: p.tokenText(p.tok())}
		p.next()
		d.Name = &QualifiedName{Base: id.Base, Parts: []*Identifier{id}}
	} else {
		d.Name = p.qualifiedName()
	}
	if p.is("PARTITION") {
		d.Partition = p.partitionSpec(false)
	}
	if p.isName(p.tok()) {
		d.Column = append(d.Column, p.identifier())
		for p.accept(".") {
			if p.kind() == String { // '$elem$', '$key$', '$value$', as Athena's guide writes them
				s := p.str()
				d.Column = append(d.Column, &Identifier{Base: s.Base, Value: s.Value, Quoted: true})
				continue
			}
			d.Column = append(d.Column, p.identifier())
		}
	}
	return d
}

// String is the type as Hive writes it in a table's metadata.
func (t *HiveType) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t *HiveType) write(b *strings.Builder) {
	b.WriteString(t.Name)
	if t.Params != nil {
		for i, n := range t.Params {
			b.WriteByte("(,"[min(i, 1)])
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	switch {
	case t.Fields != nil:
		for i, f := range t.Fields {
			b.WriteByte("<,"[min(i, 1)])
			b.WriteString(strings.ToLower(f.Name.Value))
			b.WriteByte(':')
			f.Type.write(b)
		}
		b.WriteByte('>')
	case t.Args != nil:
		for i, a := range t.Args {
			b.WriteByte("<,"[min(i, 1)])
			a.write(b)
		}
		b.WriteByte('>')
	}
}
