// The small exports of testdata/exports, each a folder that stands for a
// bucket. They are generated: edit here, then run
//
//	go test ./bench/gen -run TestFixtures -update

package gen

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fixture is one export of testdata/exports.
type Fixture struct {
	Name   string // the folder's name
	About  string
	Config Config            // without Dir
	More   []Config          // further exports in the same bucket, without Dir
	Extra  map[string]string // further files by key, with their content
}

// ArticleID is the export id that the project's documentation uses throughout.
const ArticleID = "01688083200000-abcd1234"

// ArticleLocation is the LOCATION of the article's table.
const ArticleLocation = "s3://example-bucket/export/AWSDynamoDB/" + ArticleID + "/data/"

// Fixtures lists the fixtures. Those whose name ends in -json are the twins of
// the same items in DynamoDB JSON, with the same export id.
func Fixtures() []Fixture {
	ion := []Fixture{
		{
			Name:  "article",
			About: "the founding article's table, with its symlink file",
			Config: Config{
				Table: "sample_table", ID: ArticleID, Time: time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC),
				Items: articleItems(), Files: 3, Empty: 1, Seed: 11,
			},
			Extra: map[string]string{"current/symlink.txt": ArticleLocation + "\n"},
		},
		{
			Name:  "app",
			About: "a single-table design: customers, orders, sessions",
			Config: Config{
				Table: "app", ID: "01693000000000-a1b2c3d4", Time: time.UnixMilli(1693000000000).UTC(),
				Items: appItems(), Files: 2, Empty: 1, Seed: 12,
			},
		},
		{
			Name:  "types",
			About: "every DynamoDB type, the limits of numbers, names that need quotes",
			Config: Config{
				Table: "types", ID: "01715685260608-c488b4e1", Time: time.UnixMilli(1715685260608).UTC(),
				Items: typesItems(), Files: 2, Seed: 13, ASCII: true,
			},
		},
	}
	ion = append(ion, changesFixture())
	all := ion
	for _, f := range ion {
		f.Name += "-json"
		f.About += ", in DynamoDB JSON"
		f.Config.Format = DynamoDBJSON
		f.More = slices.Clone(f.More)
		for k := range f.More {
			f.More[k].Format = DynamoDBJSON
		}
		all = append(all, f)
	}
	for i := range all {
		all[i].Config.Bucket, all[i].Config.Prefix = "example-bucket", "export"
		for k := range all[i].More {
			all[i].More[k].Bucket, all[i].More[k].Prefix = "example-bucket", "export"
		}
	}
	return all
}

// Write writes the fixture into dir, which stands for the bucket's root.
func (f Fixture) Write(ctx context.Context, dir string) (*Export, error) {
	cfg := f.Config
	cfg.Dir = dir
	for key, content := range f.Extra {
		name := filepath.Join(dir, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	for _, more := range f.More {
		more.Dir = dir
		if _, err := Write(ctx, more); err != nil {
			return nil, err
		}
	}
	return Write(ctx, cfg)
}

// changesFixture is a full export and four incremental ones: two that follow it,
// one of an hour in which nothing was written, and one behind a gap of an hour.
func changesFixture() Fixture {
	start := time.Date(2023, 9, 1, 0, 0, 0, 0, time.UTC)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	key := func(pk string, sk int64) []Field { return []Field{{"pk", Str(pk)}, {"sk", Int(sk)}} }
	order := func(pk string, sk int64, status string, amount int64) []Field {
		return append(key(pk, sk), Field{"status", Str(status)}, Field{"amount", Dec(amount, 2)})
	}
	base := Config{Table: "orders", TableID: "3f2a9c1e-0000-4000-8000-5d1c2b3a4e5f", ID: "01693526400000-0000aaaa", Time: start, Files: 2, Seed: 14}
	for n := range int64(6) {
		base.Items = append(base.Items, order("c1", n, "PAID", 1000+n))
	}
	base.Items = append(base.Items, order("c2", 10, "PENDING", 50), order("c2", 600, "PENDING", 60))
	micros := func(h int, n int64) int64 { return hour(h).UnixMicro() + n }
	window := func(id string, seed uint64, from, to int, changes ...Change) Config {
		return Config{
			Table: base.Table, TableID: base.TableID, ID: id, Seed: seed, Time: hour(to).Add(7 * time.Minute), Files: 1, Empty: 1,
			Incremental: &Incremental{From: hour(from), To: hour(to), Changes: append([]Change{}, changes...)},
		}
	}
	return Fixture{
		Name:   "changes",
		About:  "a full export of the table `orders` and four incremental ones: two that follow it, an hour without writes, and one behind a gap",
		Config: base,
		More: []Config{
			window("01693530420000-0000bbbb", 15, 0, 1,
				Change{micros(0, 0), key("c1", 1), order("c1", 1, "SHIPPED", 1001), order("c1", 1, "PAID", 1001)},
				Change{micros(0, 1500000), key("c2", 600), nil, order("c2", 600, "PENDING", 60)},
				Change{micros(0, 3599999999), key("c3", 1), order("c3", 1, "PENDING", 12345), nil}),
			window("01693534020000-0000cccc", 16, 1, 2,
				Change{micros(1, 0), key("c2", 600), order("c2", 600, "PAID", 70), nil},
				Change{micros(1, 7), key("c1", 1), order("c1", 1, "DONE", 1001), order("c1", 1, "SHIPPED", 1001)},
				Change{micros(1, 8), key("c3", 1), nil, order("c3", 1, "PENDING", 12345)}),
			window("01693537620000-0000dddd", 17, 2, 3),
			window("01693544820000-0000eeee", 18, 4, 5,
				Change{micros(4, 5), key("c1", 0), nil, order("c1", 0, "PAID", 1000)}),
		},
	}
}

// articleItems are about 200 items of the article's three attributes. Amounts
// are whole, since the article declares a bare decimal; created_at spans June
// to August 2023 with the edges of July spelled in several ways.
func articleItems() [][]Field {
	var items [][]Field
	add := func(id int64, created string, amount int64) {
		items = append(items, []Field{{"id", Int(id)}, {"created_at", Str(created)}, {"amount", Int(amount)}})
	}
	id := func(i int) int64 { return groupID(i) }
	// The article's own line comes first.
	add(id(0), "2023-06-30T09:09:47.787017+0000", 1)
	add(id(0), "2023-07-01T02:44:43.976155+0000", 1)
	// The filter's ends. BETWEEN includes both; from_iso8601_timestamp cuts to
	// milliseconds first.
	add(id(1), "2023-06-30T23:59:59.999999+0000", 1)      // out
	add(id(1), "2023-07-01T00:00:00.000000+0000", 10)     // in
	add(id(1), "2023-07-31T23:59:59.999999+0000", 100)    // in
	add(id(1), "2023-08-01T00:00:00.000000+0000", 1000)   // in
	add(id(1), "2023-08-01T00:00:00.000999+0000", 10000)  // in: cut to .000
	add(id(1), "2023-08-01T00:00:00.001000+0000", 100000) // out
	// The same edges seen from Tokyo: what counts is the instant.
	add(id(2), "2023-07-01T08:59:59.999999+0900", 1)    // out: 23:59:59 of June in UTC
	add(id(2), "2023-07-01T09:00:00.000000+0900", 20)   // in
	add(id(2), "2023-08-01T09:00:00.000000+0900", 300)  // in
	add(id(2), "2023-08-01T09:00:00.001000+0900", 4000) // out
	// An id whose only items are out: it must not appear at all.
	add(id(3), "2023-06-15T12:00:00.000000+0000", 7)
	add(id(3), "2023-08-15T12:00:00.000000+0000", 8)
	// Amounts that cancel, and one beyond 32 bits.
	add(id(4), "2023-07-10T10:00:00.000000+0000", 250)
	add(id(4), "2023-07-11T10:00:00.000000+0000", -250)
	add(id(5), "2023-07-12T10:00:00.000000+0000", 9_000_000_000)
	add(id(5), "2023-07-12T10:00:01.000000+0000", 1)
	r := newRand(2023, 1)
	for len(items) < 200 {
		v := int64(1 + r.n(900))
		if r.one(4) {
			v *= 100 // Ion spells these with an exponent: 3d2
		}
		if r.one(10) {
			v = -v
		}
		add(id(r.n(12)), stamp(seasonStart+int64(r.next()%uint64(seasonMicros)), 0), v)
	}
	return items
}

// appItems are the four sample items of the project's example table and more
// of the same entities, with something to find for each of the questions that
// people ask in their first week: customers without orders, line items that do
// not add up, expired sessions, repeated e-mail addresses, a bad currency, a
// hot partition, items without index keys.
func appItems() [][]Field {
	var items [][]Field
	add := func(fields ...Field) { items = append(items, fields) }
	line := func(sku string, qty, cents int64) Value {
		return Map(Field{"sku", Str(sku)}, Field{"qty", Int(qty)}, Field{"price", Dec(cents, 2)})
	}
	order := func(customer int, at string, number, id int64, status string, amount int64, currency string, lines ...Value) {
		add(Field{"PK", Str("CUST#" + strconv.Itoa(customer))}, Field{"SK", Str(fmt.Sprintf("ORDER#%s#%d", at[:10], number))},
			Field{"entity", Str("ORDER")}, Field{"orderId", Int(id)}, Field{"status", Str(status)}, Field{"amount", Dec(amount, 2)},
			Field{"currency", Str(currency)}, Field{"items", List(lines...)}, Field{"created_at", Str(at)},
			Field{"GSI1PK", Str("STATUS#" + status)}, Field{"GSI1SK", Str(at[:10])})
	}
	session := func(customer int, name string, ttl int64, flags ...Field) {
		add(Field{"PK", Str("CUST#" + strconv.Itoa(customer))}, Field{"SK", Str("SESSION#" + name)}, Field{"entity", Str("SESSION")},
			Field{"ttl", Int(ttl)}, Field{"ip", Str("203.0.113." + strconv.Itoa(customer%250))}, Field{"device", Value{Kind: Null}}, Field{"flags", Map(flags...)})
	}
	profile := func(customer int, email, name, created string, rest ...Field) {
		pk := "CUST#" + strconv.Itoa(customer)
		fields := []Field{{"PK", Str(pk)}, {"SK", Str("PROFILE")}, {"entity", Str("CUSTOMER")}, {"email", Str(email)}, {"name", Str(name)}}
		fields = append(fields, rest...)
		add(append(fields, Field{"createdAt", Str(created)})...)
	}
	index := func(email string, customer int) []Field {
		return []Field{{"GSI1PK", Str("EMAIL#" + email)}, {"GSI1SK", Str("CUST#" + strconv.Itoa(customer))}}
	}

	add(Field{"PK", Str("CUST#1001")}, Field{"SK", Str("PROFILE")}, Field{"entity", Str("CUSTOMER")}, Field{"email", Str("a@ex.com")}, Field{"name", Str("Aoi")},
		Field{"tier", Str("gold")}, Field{"tags", Set(SS, Str("beta"), Str("vip"))}, Field{"address", Map(Field{"city", Str("Osaka")}, Field{"zip", Str("530-0001")})},
		Field{"createdAt", Str("2023-05-02T03:04:05.123Z")}, Field{"balance", Dec(105075, 2)}, Field{"GSI1PK", Str("EMAIL#a@ex.com")}, Field{"GSI1SK", Str("CUST#1001")})
	order(1001, "2023-07-01T02:44:43.976155+0000", 9001, 1234567890123456, "PAID", 1996, "JPY", line("A-1", 2, 498), line("B-7", 1, 1000))
	session(1001, "f3", 1690848000, Field{"dark", Boolean(true)})
	add(Field{"PK", Str("CUST#1002")}, Field{"SK", Str("PROFILE")}, Field{"entity", Str("CUSTOMER")}, Field{"email", Str("b@ex.com")}, Field{"name", Str("Ben")},
		Field{"createdAt", Str("2023-06-09T11:00:00.000Z")}, Field{"scores", Set(NS, Int(1), Dec(25, 1), Int(38))}, Field{"avatar", Bin("hello")})

	// A repeated address in another case, and one repeated verbatim.
	profile(1003, "A@ex.com", "Chihiro", "2023-06-11T09:30:00.000Z", index("A@ex.com", 1003)...)
	profile(1004, "b@ex.com", "Dana", "2023-07-20T18:00:00.500Z", Field{"tier", Str("silver")}, Field{"tags", Set(SS, Str("vip"))},
		Field{"address", Map(Field{"zip", Str("8001")})}, Field{"GSI1PK", Str("EMAIL#b@ex.com")}, Field{"GSI1SK", Str("CUST#1004")})
	profile(1005, "jörg@ex.com", "Jörg 🎉", "2023-07-31T23:59:59.999Z", Field{"address", Map(Field{"city", Str("Zürich")}, Field{"zip", Str("8004")})},
		Field{"balance", Int(600)}, Field{"scores", Set(NS, Dec(-5, 1), Int(40))})
	profile(1006, "none@ex.com", "O'Neill \"the one\"", "2023-08-01T00:00:00.000Z", Field{"tier", Str("gold")}, Field{"balance", Dec(-1, 2)},
		Field{"address", Map(Field{"city", Value{Kind: Null}}, Field{"zip", Str("")})})

	// The edges of July, a total that is not its lines' sum, a bad currency.
	order(1001, "2023-07-31T23:59:59.999999+0000", 9002, 1234567890123457, "PAID", 1000, "JPY", line("A-1", 2, 500))
	order(1001, "2023-08-01T00:00:00.000000+0000", 9003, 1234567890123458, "SHIPPED", 250, "JPY", line("C-2", 1, 250))
	order(1001, "2023-08-01T00:00:00.001000+0000", 9004, 1234567890123459, "SHIPPED", 350, "JPY", line("C-2", 1, 350))
	order(1003, "2023-06-30T23:59:59.999999+0000", 9005, 1234567890123460, "PAID", 5000, "USD", line("B-7", 5, 1000))
	order(1003, "2023-07-01T09:00:00.000000+0900", 9006, 1234567890123461, "CANCELLED", 1234, "EUR", line("B-7", 1, 1235))
	order(1003, "2023-07-15T12:00:00.250000+0000", 9007, 1234567890123462, "PAID", 99, "usd", line("D-9", 9, 11))
	order(1004, "2023-07-16T12:00:00.250000+0000", 9008, 1234567890123463, "PENDING", 0, "USD")
	session(1001, "00a1", 1690761600, Field{"dark", Boolean(false)}, Field{"beta", Boolean(true)})
	session(1003, "77", 1690761599)
	session(1004, "b4", 1690934400, Field{"dark", Value{Kind: Null}})
	session(1005, "c5", 1693526400, Field{"dark", Boolean(true)})

	// A hot partition: more than a hundred items under one key.
	r := newRand(1693000000000, 1)
	profile(1007, "hot@ex.com", "Hana", "2023-05-30T00:00:00.000Z", index("hot@ex.com", 1007)...)
	for i := range 110 {
		qty, price := int64(1+r.n(5)), int64(100+r.n(1900))
		at := stamp(seasonStart+int64(r.next()%uint64(seasonMicros)), 0)
		order(1007, at, int64(9100+i), 1234567890124000+int64(i), r.pick(statuses), qty*price, r.pick(currencies[:3]), line("A-"+strconv.Itoa(r.n(10)), qty, price))
	}
	for c := 1008; c < 1030; c++ {
		email := fmt.Sprintf("c%d@ex.com", c)
		profile(c, email, strings.ToUpper(r.pick(words)[:1])+r.pick(words)[1:], stamp(seasonStart+int64(r.next()%uint64(seasonMicros)), 0)[:23]+"Z", index(email, c)...)
		for i := range r.n(4) {
			qty, price := int64(1+r.n(9)), int64(1+r.n(1000))
			at := stamp(seasonStart+int64(r.next()%uint64(seasonMicros)), 0)
			order(c, at, int64(10*c+i), 1234567890130000+int64(10*c+i), r.pick(statuses), qty*price, r.pick(currencies[:3]), line("E-"+strconv.Itoa(r.n(10)), qty, price))
		}
		if r.one(3) {
			session(c, r.text(lowerHex, 4), 1690848000+int64(r.n(20*86400))-10*86400, Field{"dark", Boolean(r.one(2))})
		}
	}
	return items
}

// typesItems hold every DynamoDB type. The attributes of the first two items
// are those of AWS's own documentation and of a public export of the Scylla
// migrator's tests; Id and id differ only by case, as happens. The rest are the
// edges of numbers, strings and names.
func typesItems() [][]Field {
	null := Value{Kind: Null}
	var items [][]Field
	add := func(fields ...Field) {
		pk := Field{"pk", Str(fmt.Sprintf("t%02d", len(items)+1))}
		items = append(items, append([]Field{pk}, fields...))
	}
	num := func(v Value) { add(Field{"n", v}) }
	add(Field{"Authors", Set(SS, Str("Author1"), Str("Author2"))}, Field{"Dimensions", Str("8.5 x 11.0 x 1.5")}, Field{"ISBN", Str("333-3333333333")},
		Field{"Id", Int(103)}, Field{"InPublication", Boolean(false)}, Field{"PageCount", Int(600)}, Field{"Price", Int(2000)},
		Field{"ProductCategory", Str("Book")}, Field{"Title", Str("Book 103 Title")})
	add(Field{"id", Str("K3TXQk84Si")}, Field{"a", Boolean(false)}, Field{"b", null}, Field{"c", Set(SS, Str("8gfX8dh0xa"), Str("fRjHZJ2Ce9"))},
		Field{"d", Set(NS, Int(3), Int(2))}, Field{"e", List(Int(1), Str("Dsb87qc6Es"))},
		Field{"f", Map(Field{"h", null}, Field{"i", Boolean(true)}, Field{"g", Int(9)})},
		Field{"j", Bin("hello")}, Field{"k", Set(BS, Bin("is fast"), Bin("scylladb"))})
	add(Field{"a-b", Dec(1, 7)}, Field{"x", Dec(-125, 1)}, Field{"z", Int(0)}, Field{"q", Str("line\nbreak \"q\" é")})

	// Numbers: the widest coefficient, the ends of the exponent, both signs,
	// the point where the printer turns to an exponent.
	num(BigDec(false, "12345678901234567890123456789012345678", 0))
	num(BigDec(true, "99999999999999999999999999999999999999", 0))
	num(BigDec(false, "1", 125))
	num(BigDec(false, "99999999999999999999999999999999999999", 88))
	num(BigDec(true, "99999999999999999999999999999999999999", 88))
	num(BigDec(false, "1", -130))
	num(BigDec(false, "12345678901234567890123456789012345678", -20))
	num(BigDec(false, "12345678901234567890123456789012345678", -38))
	num(Dec(1, 6))
	num(Dec(1, 7))
	num(Dec(-12, 4))
	num(Dec(12, 8))
	num(Int(1234567890))
	num(Int(-100))
	num(BigDec(false, "9223372036854775808", 0))
	num(Dec(1250, 2)) // 12.5 once normalised

	// Strings: empty, escapes, every width of UTF-8, and what misleads.
	add(Field{"s", Str("")}, Field{"s2", Str("\x00\a\b\t\n\v\f\r\"'\\\x01\x1f\x7f")})
	add(Field{"s", Str("é € 日本語 🎉 \u0085 \u00a0 \ufeff")}, Field{"s2", Str("ends with \\")})
	add(Field{"s", Str(`}}`)}, Field{"s2", Str(`{Item:{n:1.}}`)})
	add(Field{"s", Str("// no comment")}, Field{"s2", Str("/* nor this */ '''nor''' {{aGk=}}")})

	// Names that Ion must quote.
	add(Field{"my-attr", Int(1)}, Field{"a b", Int(2)}, Field{"true", Int(3)}, Field{"null", Int(4)}, Field{"1st", Int(5)}, Field{"$10", Int(6)}, Field{"nan", Int(7)},
		Field{"it's", Int(8)}, Field{"日本", Int(9)}, Field{"_ok", Int(10)}, Field{"$ok", Int(11)}, Field{"a.b", Int(12)}, Field{"GSI#1", Int(13)})

	// Collections: empty, nested, with nulls; binary of every length mod 3.
	add(Field{"l", List()}, Field{"m", Map()}, Field{"bin", Bin("")})
	add(Field{"l", List(null, Boolean(true), Int(10), Str("x"), Bin("\xff\x00"), List(List(Int(1)), Map(Field{"k", null})))},
		Field{"m", Map(Field{"l", List(Int(1), Int(20))}, Field{"m", Map(Field{"m", Map(Field{"deep", Dec(15, 1)})})}, Field{"ss", Set(SS, Str("}"))})},
		Field{"bin", Bin("\x00")})
	add(Field{"bin", Bin("ab")}, Field{"bs", Set(BS, Bin("a"), Bin("ab"), Bin("abc"), Bin("\xfb\xff\xfe"))},
		Field{"ns", Set(NS, Int(600), Dec(-5, 1), BigDec(false, "1", 125), Int(0))}, Field{"ss", Set(SS, Str("b"), Str(""), Str("é"))})
	add(Field{"bool", Boolean(true)}, Field{"nul", null})
	add() // nothing but the key
	return items
}
