// The random shapes: narrow (the founding article's three attributes), wide (27
// attributes with sparse ones, nested namesakes and hostile strings) and mixed
// (a single-table design of customers, orders and sessions).

package gen

import (
	"strconv"
	"time"
)

// Shape names what the items of an export look like.
type Shape string

// The shapes that can be written in any size.
const (
	Narrow Shape = "narrow"
	Wide   Shape = "wide"
	Mixed  Shape = "mixed"
)

// Row is what the truth needs to know of an item: the number of its group, its
// amount in millionths and its created_at in microseconds of Unix time.
// Counted is false for an item without amount and created_at.
type Row struct {
	Counted bool
	Group   int
	Amount  int64
	Micros  int64
}

// maker makes the items of one data file, one after the other. The fields may
// be reused by the next call.
type maker func() ([]Field, Row)

// idCount is the number of distinct ids, and so of groups in the article's
// query: what performance figures elsewhere in the project assume.
const idCount = 10_000

// groupID is the id of a narrow or wide group: 16 digits as in the article,
// whose own id is the first. One in ten ends in a zero, which Ion spells with
// an exponent (123456789d1).
func groupID(i int) int64 {
	if i == 0 {
		return 1234567890123456
	}
	r := rng{state: uint64(i)}
	// The index in the middle digits keeps ids distinct.
	return 1_000_000_000_000_000 + int64(r.next()%8)*1_000_000_000_000_000 + int64(i)*100_000_000_000 + int64(r.next()%100_000_000_000)
}

var (
	seasonStart = time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	// Ninety days, of which July is 31: about a third of the rows pass the
	// article's filter.
	seasonMicros = (90 * 24 * time.Hour).Microseconds()
	// The instants at which a wrong reading of the article's BETWEEN shows: it
	// includes its upper end, and from_iso8601_timestamp cuts to milliseconds,
	// so .000999 of August still passes and .001 does not.
	edgeInstants = []int64{
		time.Date(2023, 6, 30, 23, 59, 59, 999_999_000, time.UTC).UnixMicro(),
		time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC).UnixMicro(),
		time.Date(2023, 7, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro(),
		time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC).UnixMicro(),
		time.Date(2023, 8, 1, 0, 0, 0, 999_000, time.UTC).UnixMicro(),
		time.Date(2023, 8, 1, 0, 0, 0, 1_000_000, time.UTC).UnixMicro(),
	}
)

// instant is a random created_at; one in 4096 is an edge.
func instant(r *rng) int64 {
	if r.one(4096) {
		return edgeInstants[r.n(len(edgeInstants))]
	}
	return seasonStart + int64(r.next()%uint64(seasonMicros))
}

// stamp spells an instant as the article does: microseconds and an offset
// without colon.
func stamp(micros int64, offsetHours int) string {
	t := time.UnixMicro(micros).UTC().Add(time.Duration(offsetHours) * time.Hour)
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	us := t.Nanosecond() / 1000
	var b [31]byte
	put := func(at, width, v int) {
		for i := at + width - 1; i >= at; i-- {
			b[i] = byte('0' + v%10)
			v /= 10
		}
	}
	copy(b[:], "0000-00-00T00:00:00.000000+0000")
	put(0, 4, y)
	put(5, 2, int(mo))
	put(8, 2, d)
	put(11, 2, h)
	put(14, 2, mi)
	put(17, 2, s)
	put(20, 6, us)
	if offsetHours < 0 {
		b[26] = '-'
		offsetHours = -offsetHours
	}
	put(27, 2, offsetHours)
	return string(b[:])
}

// amount is a random amount: its value, and the same in millionths. Whole ones
// suit the article's bare decimal, which holds no fraction; the others have up
// to six digits behind the point.
func amount(r *rng, whole bool) (Value, int64) {
	kind := r.n(8)
	if whole && kind > 2 {
		kind = 2
	}
	switch kind {
	case 0:
		return Int(1), 1_000_000
	case 1, 2:
		v := int64(r.n(20_000))
		return Int(v), v * 1_000_000
	case 3, 4, 5:
		v := int64(r.n(10_000_000)) // cents
		return Dec(v, 2), v * 10_000
	case 6:
		v := -int64(r.n(1_000_000))
		return Dec(v, 2), v * 10_000
	default:
		v := int64(r.n(20_000_000_000)) >> r.n(30) // down to 0.000001
		return Dec(v, 6), v
	}
}

func narrowItems(r *rng, whole bool) maker {
	item := []Field{{Name: "id"}, {Name: "created_at"}, {Name: "amount"}}
	return func() ([]Field, Row) {
		row := Row{Counted: true, Group: r.n(idCount), Micros: instant(r)}
		item[0].Value = Int(groupID(row.Group))
		item[1].Value = Str(stamp(row.Micros, 0))
		item[2].Value, row.Amount = amount(r, whole)
		return item, row
	}
}

var (
	statuses   = []string{"PENDING", "PAID", "SHIPPED", "DELIVERED", "CANCELLED", "REFUNDED"}
	currencies = []string{"JPY", "USD", "EUR", "GBP"}
	cities     = []string{"Osaka", "Tokyo", "Kyōto", "São Paulo", "Zürich", "Berlin", "Oslo"}
	words      = []string{"amber", "basalt", "cedar", "delta", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kelp", "lumen", "meadow", "nectar", "opal", "prism", "quartz", "river", "saffron", "tundra"}
	// Strings made to mislead a reader that looks for bytes instead of syntax.
	hostile = []string{
		`}}`, `"}}`, `{Item:{id:1.,amount:1.}}`, `{amount:1.}`, `ends with \`, `two \\`, `say "hi"`, `\"}}`,
		"line\nbreak", "tab\there", `$ion_1_0 {Item:{amount:9d9}}`, `// no comment`, `/* nor this */`, `'single'`, `'''long'''`,
		`$dynamodb_SS::["a"]`, `{{aGVsbG8=}}`, "café 日本語 🎉", "nul\x00byte", "del\x7f", `,amount:5.`, ``,
	}
)

const (
	lowerHex = "0123456789abcdef"
	base32   = "abcdefghijklmnopqrstuvwxyz234567"
)

func sentence(r *rng, n int) string {
	b := make([]byte, 0, n*8)
	for i := range n {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, r.pick(words)...)
	}
	return string(b)
}

func wideItems(r *rng, whole bool) maker {
	var item []Field
	add := func(name string, v Value) { item = append(item, Field{name, v}) }
	return func() ([]Field, Row) {
		item = item[:0]
		row := Row{Counted: true, Group: r.n(idCount), Micros: instant(r)}
		customer := strconv.Itoa(1000 + r.n(50_000))
		add("PK", Str("CUST#"+customer))
		add("SK", Str("ORDER#"+r.text(base32, 12)))
		add("entity", Str("ORDER"))
		add("status", Str(r.pick(statuses)))
		add("email", Str(r.pick(words)+customer+"@example.com"))
		add("name", Str(sentence(r, 2)))
		if !r.one(10) {
			add("description", Str(sentence(r, 6+r.n(12))))
		}
		add("note", Str(r.pick(hostile)))
		add("x-trace-id", Str(r.text(lowerHex, 32)))
		add("null", Value{Kind: Null})
		add("active", Boolean(r.one(2)))
		tags := make([]Value, 1+r.n(3))
		for i := range tags {
			tags[i] = Str(words[(r.n(6)+i*6)%len(words)])
		}
		add("tags", Set(SS, tags...))
		add("scores", Set(NS, Int(int64(r.n(9))), Dec(int64(10*r.n(900)+5), 1), Dec(-int64(1+r.n(99)), 2)))
		add("address", Map(
			Field{"city", Str(r.pick(cities))}, Field{"zip", Str(r.text("0123456789", 7))},
			// Namesakes of the wanted attributes, one level too deep.
			Field{"id", Int(int64(r.n(1000)))}, Field{"amount", Dec(int64(r.n(100000)), 2)},
			Field{"geo", Map(Field{"lat", Dec(int64(r.n(18_000_000))-9_000_000, 5)}, Field{"lon", Dec(int64(r.n(36_000_000))-18_000_000, 5)})}))
		lines := make([]Value, 1+r.n(3))
		for i := range lines {
			lines[i] = Map(Field{"id", Int(int64(i + 1))}, Field{"sku", Str(r.text("ABCDEFGH", 2) + "-" + strconv.Itoa(r.n(1000)))},
				Field{"qty", Int(int64(1 + r.n(9)))}, Field{"amount", Dec(int64(r.n(100_000)), 2)}, Field{"gift", Boolean(r.one(5))})
		}
		add("lines", List(lines...))
		add("thumbnail", Bin(r.text(base32, 24)))
		add("chunks", Set(BS, Bin(r.text(lowerHex, 6)), Bin(r.text(lowerHex, 9))))
		add("currency", Str(r.pick(currencies)))
		if r.one(20) {
			add("version", Int(int64(1+r.n(40))))
		}
		add("id", Int(groupID(row.Group)))
		add("id2", Int(int64(r.n(1_000_000))))
		v, micros := amount(r, whole)
		row.Amount = micros
		add("amount_tax", Dec(int64(r.n(10_000)), 3))
		add("created_at", Str(stamp(row.Micros, 0)))
		add("amount", v)
		add("history", List(Str(r.pick(hostile)), Int(int64(r.n(100))), Value{Kind: Null}, List(), Map()))
		add("payload", Str(`{"id":`+strconv.Itoa(r.n(1000))+`,"amount":"`+r.pick(hostile)+`"}`))
		if r.one(50) {
			add("ratio", BigDec(false, r.text("123456789", 3), -67)) // 725d-67
		}
		add("ttl", Int(1690848000+int64(r.n(10_000_000))))
		return item, row
	}
}

// mixedItems makes customers with their orders and sessions, in the manner of a
// single-table design. The groups of the truth are customers.
func mixedItems(r *rng, whole bool, file, files int) maker {
	var item []Field
	add := func(name string, v Value) { item = append(item, Field{name, v}) }
	customer, orders, sessions := file-files, 0, 0
	return func() ([]Field, Row) {
		item = item[:0]
		if orders == 0 && sessions == 0 {
			customer += files // a customer's items lie in one file, as one partition key's do
			orders, sessions = r.n(6), r.n(3)
			addCustomer(r, add, customer)
			return item, Row{}
		}
		pk := customerKey(customer)
		if orders == 0 {
			sessions--
			add("PK", Str(pk))
			add("SK", Str("SESSION#"+r.text(lowerHex, 4)))
			add("entity", Str("SESSION"))
			add("ttl", Int(1690848000+int64(r.n(60*86400))-30*86400))
			add("ip", Str("203.0.113."+strconv.Itoa(r.n(256))))
			add("device", Value{Kind: Null})
			add("flags", Map(Field{"dark", Boolean(r.one(2))}, Field{"beta", Boolean(r.one(9))}))
			return item, Row{}
		}
		orders--
		row := Row{Counted: true, Group: customer, Micros: instant(r)}
		at := stamp(row.Micros, 0)
		status := r.pick(statuses)
		add("PK", Str(pk))
		add("SK", Str("ORDER#"+at[:10]+"#"+strconv.Itoa(9000+r.n(100_000))))
		add("entity", Str("ORDER"))
		add("orderId", Int(1_000_000_000_000_000+int64(r.next()%9_000_000_000_000_000)))
		add("status", Str(status))
		lines := make([]Value, 1+r.n(3))
		var total int64 // cents
		for i := range lines {
			qty, price := int64(1+r.n(9)), int64(1+r.n(200_000))
			if whole {
				price *= 100
			}
			total += qty * price
			lines[i] = Map(Field{"sku", Str(r.text("ABC", 1) + "-" + strconv.Itoa(r.n(50)))}, Field{"qty", Int(qty)}, Field{"price", Dec(price, 2)})
		}
		if r.one(100) {
			total += 100 // a header that does not agree with its lines
		}
		row.Amount = total * 10_000
		add("amount", Dec(total, 2))
		add("currency", Str(r.pick(currencies)))
		add("items", List(lines...))
		add("created_at", Str(at))
		add("GSI1PK", Str("STATUS#"+status))
		add("GSI1SK", Str(at[:10]))
		return item, row
	}
}

func customerKey(i int) string { return "CUST#" + strconv.Itoa(1001+i) }

var tiers = []string{"gold", "silver", "bronze"}

func addCustomer(r *rng, add func(string, Value), customer int) {
	pk := customerKey(customer)
	email := r.pick(words) + strconv.Itoa(r.n(5000)) + "@ex.com" // few enough to repeat
	add("PK", Str(pk))
	add("SK", Str("PROFILE"))
	add("entity", Str("CUSTOMER"))
	add("email", Str(email))
	add("name", Str(r.pick(words)))
	if r.one(2) {
		add("tier", Str(r.pick(tiers)))
		add("tags", Set(SS, Str("beta"), Str("vip")))
	}
	if !r.one(4) {
		add("address", Map(Field{"city", Str(r.pick(cities))}, Field{"zip", Str(r.text("0123456789", 3) + "-" + r.text("0123456789", 4))}))
	}
	at := stamp(instant(r), 0)
	add("createdAt", Str(at[:23]+"Z"))
	if r.one(3) {
		add("balance", Dec(int64(r.n(1_000_000)), 2))
	}
	if r.one(5) {
		add("scores", Set(NS, Int(1), Dec(25, 1), Int(int64(30+r.n(70)))))
		add("avatar", Bin("hello"))
	}
	add("GSI1PK", Str("EMAIL#"+email))
	add("GSI1SK", Str(pk))
}
