package ion

import (
	"strings"
	"testing"
)

// BenchmarkSyntax passes over one record, as wide ones are: with all checks and
// without looking at more than where it ends.
func BenchmarkSyntax(b *testing.B) {
	const record = `{Item:{PK:"CUST#18858",SK:"ORDER#rsgoesquyakj",note:"{{aGVsbG8=}}",'x-trace-id':"58bbb21a4359463d5de76e4e1185c15d",'null':null,` +
		`active:false,tags:$dynamodb_SS::["basalt","juniper"],scores:$dynamodb_NS::[5.,193.5,-0.13],address:{city:"Zürich",zip:"8889567",geo:{lat:-88.40837}},` +
		`thumbnail:{{dmR4ZGhkaDVqdTZma3k2ZWVrbDRyZDdm}},id:2131420043728754.,created_at:"2023-08-28T14:38:21.042321+0000",amount:52382.01,payload:"{\"id\":689}"}}`
	text := pad([]byte(record))
	n := len(record)
	text = text[:n+Slack]
	b.Run("Consume", func(b *testing.B) {
		b.SetBytes(int64(n))
		for b.Loop() {
			if end, err := Consume(text[:n], 0, true); err != nil || end != n {
				b.Fatal(end, err)
			}
		}
	})
	b.Run("Skip", func(b *testing.B) {
		b.SetBytes(int64(n))
		for b.Loop() {
			if end := Skip(text, 0); end != n {
				b.Fatal(end)
			}
		}
	})
	long := `"` + strings.Repeat("plain text ", 100) + `"`
	quoted := pad([]byte(long))
	b.Run("SkipString", func(b *testing.B) {
		b.SetBytes(int64(len(long)))
		for b.Loop() {
			if end, plain := SkipString(quoted, 0); end != len(long) && end != len(long)-1 || !plain {
				b.Fatal(end, plain)
			}
		}
	})
}
