package shape

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
)

// BenchmarkScan passes over pages of records, three of whose values are wanted.
func BenchmarkScan(b *testing.B) {
	const rows = 4096
	for _, c := range []struct{ name, record string }{
		{"narrow", `$ion_1_0 {Item:{a:%d.,s:"2023-08-28T14:38:21.042321+0000",b:9009.%d}}` + "\n"},
		{"wide", `$ion_1_0 {Item:{PK:"CUST#%d",SK:"ORDER#rsgoesquyakj",note:"{{aGVsbG8=}}",'x-trace-id':"58bbb21a4359463d5de76e4e1185c15d",'null':null,` +
			`active:false,tags:$dynamodb_SS::["basalt","juniper"],scores:$dynamodb_NS::[5.,193.5,-0.13],address:{city:"Zürich",zip:"8889567",geo:{lat:-88.40837}},` +
			`thumbnail:{{dmR4ZGhkaDVqdTZma3k2ZWVrbDRyZDdm}},a:2131420043728754.,s:"2023-08-28T14:38:21.042321+0000",b:%d.01,payload:"{\"id\":689}"}}` + "\n"},
	} {
		var s strings.Builder
		for i := range rows {
			fmt.Fprintf(&s, c.record, 100000+i*7919, 10+i%90)
		}
		text := append([]byte(s.String()), make([]byte, ion.Slack)...)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(s.Len()))
			b.ReportAllocs()
			s := New(3, rows, wanted)
			for b.Loop() {
				s.Begin()
				if _, why := s.Scan(text, 0, rows); why != Full || s.Rows() != rows {
					b.Fatal(why, s.Rows())
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
