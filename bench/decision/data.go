// Package decision is a decision-support workload in the shape of the classic
// benchmarks: eight tables of a wholesaler (regions, nations, suppliers,
// customers, parts, who supplies which part, orders and their lines), with 6
// million rows in the largest at scale 1, as DynamoDB exports in Ion and as CSV
// for another engine, and the queries that such benchmarks ask, in words of our
// own. Neither the data nor the texts are those of any published benchmark.
//
// Every value is a function of the seed, the table, the row and the column, so
// that rows can be made in any order and are the same for ever.
package decision

import (
	"fmt"
	"math"
	"strconv"

	"github.com/ionq-db/ionq/bench/gen"
)

// Column is a column of a table: its type is the one it has in the queries.
// Dates lie in the export as strings, since DynamoDB has no other way.
type Column struct{ Name, Type string }

// Table is one table and how its rows are made.
type Table struct {
	Name    string
	Columns []Column
	rows    func(s *Scale) int64
	row     func(s *Scale, n int64) []cell
}

// cell is a value: a string, or units times ten to the minus places.
type cell struct {
	text   string
	units  int64
	places int // -1: a string
}

func str(s string) cell  { return cell{text: s, places: -1} }
func num(v int64) cell   { return cell{units: v} }
func cents(v int64) cell { return cell{units: v, places: 2} }
func day(n int) cell     { return str(dates[n]) }

// Scale holds the sizes of the tables.
type Scale struct {
	Suppliers, Customers, Parts, Orders int64
}

// NewScale gives the sizes for a factor; 1 means 6 million order lines.
func NewScale(f float64) *Scale {
	n := func(at1 float64, least int64) int64 { return max(int64(math.Round(at1*f)), least) }
	s := &Scale{Suppliers: n(10_000, 8), Customers: n(150_000, 30), Parts: n(200_000, 40)}
	s.Orders = n(1_500_000, 70) / 7 * 7 // seven orders share 28 lines
	return s
}

// Rows is how many rows a table has.
func (t *Table) Rows(s *Scale) int64 { return t.rows(s) }

// Item gives row n as the attributes of a DynamoDB item.
func (t *Table) Item(s *Scale, n int64) []gen.Field {
	cells := t.row(s, n)
	out := make([]gen.Field, len(cells))
	for i, c := range cells {
		v := gen.Str(c.text)
		if c.places >= 0 {
			v = gen.Dec(c.units, c.places)
		}
		out[i] = gen.Field{Name: t.Columns[i].Name, Value: v}
	}
	return out
}

// AppendCSV appends row n as a line of CSV.
func (t *Table) AppendCSV(dst []byte, s *Scale, n int64) []byte {
	for i, c := range t.row(s, n) {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch {
		case c.places < 0: // no text has a quote in it
			dst = append(dst, '"')
			dst = append(dst, c.text...)
			dst = append(dst, '"')
		case c.places == 0:
			dst = strconv.AppendInt(dst, c.units, 10)
		default:
			u := c.units
			if u < 0 {
				dst = append(dst, '-')
				u = -u
			}
			dst = fmt.Appendf(dst, "%d.%02d", u/100, u%100)
		}
	}
	return append(dst, '\n')
}

// source makes the values of one row: every call gives the next number.
type source uint64

// at gives the numbers of a row of a table.
func at(table, row int64) source {
	return source(uint64(table)*0x9E3779B97F4A7C15 ^ uint64(row)*0xD1B54A32D192ED03)
}

// n gives a number from 0 to k-1 (SplitMix64, Steele and others, 2014).
func (s *source) n(k int64) int64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return int64((z ^ z>>31) % uint64(k))
}

func (s *source) between(lo, hi int64) int64 { return lo + s.n(hi-lo+1) }
func (s *source) pick(list []string) string  { return list[s.n(int64(len(list)))] }
func (s *source) money(lo, hi int64) int64   { return s.between(lo*100, hi*100) }
func (s *source) phone(nation int64) string {
	return fmt.Sprintf("%d-%03d-%04d", 10+nation, s.n(1000), s.n(10000))
}

func (s *source) sentence(words int64) (t string) {
	for i := range words {
		if i > 0 {
			t += " "
		}
		t += s.pick(vocabulary)
	}
	return t
}

var (
	regions = []string{"AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"}
	nations = []string{
		"ALGERIA", "EGYPT", "KENYA", "MOROCCO", "GHANA", "ARGENTINA", "BRAZIL", "CANADA", "PERU", "UNITED STATES",
		"CHINA", "INDIA", "INDONESIA", "JAPAN", "VIETNAM", "FRANCE", "GERMANY", "ROMANIA", "SPAIN", "UNITED KINGDOM",
		"IRAN", "IRAQ", "JORDAN", "SAUDI ARABIA", "OMAN",
	}
	segments   = []string{"FARMING", "HOSPITALS", "HOTELS", "SCHOOLS", "SHIPYARDS"}
	priorities = []string{"1-NOW", "2-SOON", "3-NORMAL", "4-LATER", "5-WHENEVER"}
	modes      = []string{"AIR", "BOAT", "COURIER", "POST", "RAIL", "ROAD", "SHIP"}
	instructs  = []string{"AT THE DOOR", "IN PERSON", "LEAVE IT", "RETURN COD"}
	finishes   = []string{"BRUSHED", "COATED", "PLAIN", "POLISHED", "RAW", "TREATED"}
	treatments = []string{"ANODIZED", "BURNISHED", "CHROMED", "PLATED", "SANDED"}
	metals     = []string{"BRASS", "COPPER", "NICKEL", "STEEL", "TIN"}
	sizes      = []string{"JUMBO", "LARGE", "MEDIUM", "SMALL", "WRAPPED"}
	boxes      = []string{"BAG", "BOX", "CAN", "CASE", "CRATE", "DRUM", "PACK", "TUBE"}
	colors     = []string{
		"almond", "amber", "azure", "beige", "black", "blue", "bronze", "brown", "coral", "cream", "cyan", "forest", "gold", "green",
		"grey", "indigo", "ivory", "khaki", "lemon", "lilac", "lime", "magenta", "maroon", "mint", "navy", "olive", "orange", "orchid",
		"peach", "pink", "plum", "purple", "red", "rose", "rust", "salmon", "sienna", "silver", "tan", "teal", "violet", "white",
	}
	vocabulary = []string{
		"accounts", "after", "against", "along", "asks", "bold", "calls", "carefully", "checks", "deposits", "early", "even", "final", "for",
		"goods", "handle", "idle", "in", "ironic", "late", "offers", "orders", "parcels", "pending", "plans", "quick", "quiet", "regular",
		"requests", "rests", "ships", "silent", "sleeps", "slow", "special", "the", "theory", "unusual", "waits", "with",
	}
	dates = calendar()
)

// calendar lists the days from 1992-01-01 to the end of 1998.
func calendar() []string {
	var out []string
	lengths := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	for y := 1992; y <= 1998; y++ {
		for m, n := range lengths {
			if m == 1 && y%4 == 0 {
				n++
			}
			for d := 1; d <= n; d++ {
				out = append(out, fmt.Sprintf("%d-%02d-%02d", y, m+1, d))
			}
		}
	}
	return out
}

const (
	today    = 1263 // 1995-06-17: what was shipped before it is settled
	lastDay  = 2405 // of an order, so that its lines arrive within the calendar
	perPart  = 4    // suppliers of a part
	perSeven = 28   // lines of seven orders
)

// lines are the numbers of lines of seven orders in turn, and begins says where
// among their 28 each one's begin.
var (
	lines  = [7]int64{4, 1, 7, 2, 6, 3, 5}
	begins = [7]int64{0, 4, 5, 12, 14, 20, 23}
)

// supplierOf is supplier i (of four) of a part.
func (s *Scale) supplierOf(part, i int64) int64 {
	return (part+i*(s.Suppliers/perPart)+(part-1)/s.Suppliers)%s.Suppliers + 1
}

// priceOf is the price of a part in cents.
func priceOf(part int64) int64 { return 90_000 + part/10%20_001 + 100*(part%1000) }

// customerOf is who made an order: a third of the customers never did.
func (s *Scale) customerOf(src *source) int64 {
	c := src.between(1, s.Customers)
	if c%3 == 0 {
		c--
	}
	return max(c, 1)
}

// line is one line of an order.
type line struct {
	part, supplier, quantity, price, discount, tax int64
	shipped, committed, received                   int
	src                                            source
}

// lineOf makes line k (from 0) of order n (from 0), placed on a day.
func (s *Scale) lineOf(n, k int64, placed int) line {
	src := at(8, n*8+k)
	l := line{part: src.between(1, s.Parts), quantity: src.between(1, 50), discount: src.n(11), tax: src.n(9)}
	l.supplier = s.supplierOf(l.part, src.n(perPart))
	l.price = l.quantity * priceOf(l.part)
	l.shipped = placed + int(src.between(1, 121))
	l.committed = placed + int(src.between(30, 90))
	l.received = l.shipped + int(src.between(1, 30))
	l.src = src
	return l
}

// placedOn is the day of order n.
func placedOn(n int64) int {
	src := at(7, n)
	return int(src.n(lastDay + 1))
}

// orderKey leaves gaps, as keys do.
func orderKey(n int64) int64 { return n/8*32 + n%8 + 1 }

// Tables are the eight tables, the smallest first.
var Tables = []*Table{
	{
		Name: "region", Columns: []Column{{"r_key", "decimal(10,0)"}, {"r_name", "varchar"}, {"r_note", "varchar"}},
		rows: func(*Scale) int64 { return int64(len(regions)) },
		row: func(_ *Scale, n int64) []cell {
			src := at(1, n)
			return []cell{num(n), str(regions[n]), str(src.sentence(6))}
		},
	},
	{
		Name: "nation", Columns: []Column{{"n_key", "decimal(10,0)"}, {"n_name", "varchar"}, {"n_region", "decimal(10,0)"}, {"n_note", "varchar"}},
		rows: func(*Scale) int64 { return int64(len(nations)) },
		row: func(_ *Scale, n int64) []cell {
			src := at(2, n)
			return []cell{num(n), str(nations[n]), num(n / 5), str(src.sentence(6))}
		},
	},
	{
		Name: "supplier",
		Columns: []Column{
			{"s_key", "decimal(10,0)"}, {"s_name", "varchar"}, {"s_address", "varchar"}, {"s_nation", "decimal(10,0)"}, {"s_phone", "varchar"}, {"s_balance", "decimal(12,2)"}, {"s_note", "varchar"},
		},
		rows: func(s *Scale) int64 { return s.Suppliers },
		row: func(_ *Scale, n int64) []cell {
			src := at(3, n)
			nation := src.n(25)
			note := src.sentence(8)
			if n%200 == 7 {
				note = src.sentence(2) + " Customer " + src.sentence(2) + " Complaints " + src.sentence(1)
			}
			return []cell{
				num(n + 1), str(fmt.Sprintf("Supplier#%09d", n+1)), str(src.sentence(3)), num(nation), str(src.phone(nation)),
				cents(src.money(-999, 9999)), str(note),
			}
		},
	},
	{
		Name: "customer",
		Columns: []Column{
			{"c_key", "decimal(10,0)"},
			{"c_name", "varchar"},
			{"c_address", "varchar"},
			{"c_nation", "decimal(10,0)"},
			{"c_phone", "varchar"},
			{"c_balance", "decimal(12,2)"},
			{"c_segment", "varchar"},
			{"c_note", "varchar"},
		},
		rows: func(s *Scale) int64 { return s.Customers },
		row: func(_ *Scale, n int64) []cell {
			src := at(4, n)
			nation := src.n(25)
			return []cell{
				num(n + 1), str(fmt.Sprintf("Customer#%09d", n+1)), str(src.sentence(3)), num(nation), str(src.phone(nation)),
				cents(src.money(-999, 9999)), str(src.pick(segments)), str(src.sentence(9)),
			}
		},
	},
	{
		Name: "part",
		Columns: []Column{
			{"p_key", "decimal(10,0)"},
			{"p_name", "varchar"},
			{"p_maker", "varchar"},
			{"p_brand", "varchar"},
			{"p_type", "varchar"},
			{"p_size", "decimal(10,0)"},
			{"p_container", "varchar"},
			{"p_price", "decimal(12,2)"},
			{"p_note", "varchar"},
		},
		rows: func(s *Scale) int64 { return s.Parts },
		row: func(_ *Scale, n int64) []cell {
			src := at(5, n)
			maker := src.between(1, 5)
			return []cell{
				num(n + 1), str(src.pick(colors) + " " + src.pick(colors) + " " + src.pick(colors) + " " + src.pick(colors)),
				str("Maker#" + strconv.FormatInt(maker, 10)), str(fmt.Sprintf("Brand#%d%d", maker, src.between(1, 5))),
				str(src.pick(finishes) + " " + src.pick(treatments) + " " + src.pick(metals)), num(src.between(1, 50)),
				str(src.pick(sizes) + " " + src.pick(boxes)), cents(priceOf(n + 1)), str(src.sentence(2)),
			}
		},
	},
	{
		Name: "partsupp",
		Columns: []Column{
			{"ps_part", "decimal(10,0)"}, {"ps_supplier", "decimal(10,0)"}, {"ps_available", "decimal(10,0)"}, {"ps_cost", "decimal(12,2)"}, {"ps_note", "varchar"},
		},
		rows: func(s *Scale) int64 { return perPart * s.Parts },
		row: func(s *Scale, n int64) []cell {
			src := at(6, n)
			part := n/perPart + 1
			return []cell{num(part), num(s.supplierOf(part, n%perPart)), num(src.between(1, 9999)), cents(src.money(1, 1000)), str(src.sentence(12))}
		},
	},
	{
		Name: "orders",
		Columns: []Column{
			{"o_key", "decimal(10,0)"},
			{"o_customer", "decimal(10,0)"},
			{"o_status", "varchar"},
			{"o_total", "decimal(12,2)"},
			{"o_date", "date"},
			{"o_priority", "varchar"},
			{"o_clerk", "varchar"},
			{"o_note", "varchar"},
		},
		rows: func(s *Scale) int64 { return s.Orders },
		row: func(s *Scale, n int64) []cell {
			src := at(9, n)
			placed := placedOn(n)
			total, open := int64(0), int64(0)
			count := lines[n%7]
			for k := range count {
				l := s.lineOf(n, k, placed)
				total += l.price * (100 - l.discount) * (100 + l.tax) / 10_000
				if l.shipped > today {
					open++
				}
			}
			status := "P"
			switch open {
			case 0:
				status = "F"
			case count:
				status = "O"
			}
			note := src.sentence(6)
			if src.n(100) == 0 {
				note = src.sentence(1) + " special " + src.sentence(1) + " requests " + src.sentence(1)
			}
			return []cell{
				num(orderKey(n)), num(s.customerOf(&src)), str(status), cents(total), day(placed), str(src.pick(priorities)),
				str(fmt.Sprintf("Clerk#%05d", src.between(1, max(s.Orders/1500, 1)))), str(note),
			}
		},
	},
	{
		Name: "lineitem",
		Columns: []Column{
			{"l_order", "decimal(10,0)"},
			{"l_line", "decimal(10,0)"},
			{"l_part", "decimal(10,0)"},
			{"l_supplier", "decimal(10,0)"},
			{"l_quantity", "decimal(12,2)"},
			{"l_price", "decimal(12,2)"},
			{"l_discount", "decimal(4,2)"},
			{"l_tax", "decimal(4,2)"},
			{"l_returned", "varchar"},
			{"l_status", "varchar"},
			{"l_shipped", "date"},
			{"l_committed", "date"},
			{"l_received", "date"},
			{"l_instruct", "varchar"},
			{"l_mode", "varchar"},
			{"l_note", "varchar"},
		},
		rows: func(s *Scale) int64 { return s.Orders / 7 * perSeven },
		row: func(s *Scale, n int64) []cell {
			within, i := n%perSeven, int64(6)
			for begins[i] > within {
				i--
			}
			order, k := n/perSeven*7+i, within-begins[i]
			l := s.lineOf(order, k, placedOn(order))
			returned, status := "N", "O"
			if l.shipped <= today {
				status = "F"
			}
			if l.received <= today {
				returned = []string{"A", "R"}[l.src.n(2)]
			}
			return []cell{
				num(orderKey(order)), num(k + 1), num(l.part), num(l.supplier), num(l.quantity), cents(l.price), cents(l.discount), cents(l.tax),
				str(returned), str(status), day(l.shipped), day(l.committed), day(l.received), str(l.src.pick(instructs)), str(l.src.pick(modes)), str(l.src.sentence(3)),
			}
		},
	},
}
