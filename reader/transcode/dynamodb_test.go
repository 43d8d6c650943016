package transcode

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ionq-db/ionq/reader/ion"
)

// translate gives the Ion of a JSON text read some bytes at a time.
func translate(in string, slow bool) (string, error) {
	var r io.Reader = strings.NewReader(in)
	if slow {
		r = iotest.OneByteReader(r)
	}
	out, err := io.ReadAll(DynamoDB(ion.NewWindow(r, make([]byte, 64), 1<<20), Options{}))
	return string(out), err
}

// The items of semantics 1.6, 1.7, 1.9.
func TestDynamoDB(t *testing.T) {
	for in, want := range map[string]string{
		`{"Item":{"id":{"S":"K3"},"a":{"BOOL":false},"b":{"NULL":true},"c":{"SS":["8g","fR"]},"d":{"NS":["3","2"]},"e":{"L":[{"N":"1"},{"S":"D"}]},"f":{"M":{"h":{"NULL":true},"i":{"BOOL":true}}},"j":{"B":"aGVsbG8="},"k":{"BS":["aXM=","Y2E="]}}}`://
		`{Item:{id:"K3",a:false,b:null,c:$dynamodb_SS::["8g","fR"],d:$dynamodb_NS::[3.,2.],e:[1.,"D"],f:{h:null,i:true},j:{{aGVsbG8=}},k:$dynamodb_BS::[{{aXM=}},{{Y2E=}}]}}`,
		`{"Item":{}}`: `{Item:{}}`,
		`{}`:          `{}`,
		` { "Item" : { "a" : { "L" : [ ] } , "b" : { "M" : { } } } } ` + "\r": `{Item:{a:[],b:{}}}`,
		`{"Item":{"my-attr":{"S":""},"true":{"S":""},"1st":{"S":""},"":{"S":""},"it's":{"S":""},"$x":{"S":""},"_a$1":{"S":""}}}`://
		`{Item:{'my-attr':"",'true':"",'1st':"",'':"",'it\'s':"",'$x':"",_a$1:""}}`,
		`{"Item":{"s":{"S":"q\"b\\s\/n\nr\u0000\u007f\u00e9é\ud83d\ude00"}}}`: `{Item:{s:"q\"b\\s/n\nr\x00\x7f` + "éé\U0001F600" + `"}}`,
		`{"Item":{"e\u0061":{"S":"x"}}}`: `{Item:{ea:"x"}}`,
		`{"Keys":{"id":{"N":"1"}},"Metadata":{"WriteTimestampMicros":{"N":"1680109764000000"}},"NewImage":{"id":{"N":"1"}}}`://
		`{Record:{Keys:{id:1.},Metadata:{WriteTimestampMicros:1680109764d6},NewImage:{id:1.}}}`,
	} {
		for _, slow := range []bool{false, true} {
			got, err := translate(in+"\n\n"+in, slow)
			if err != nil || got != want+"\n"+want+"\n" {
				t.Errorf("%s\n got %s %v\nwant %s", in, got, err, want)
			}
		}
	}
}

// Numbers as ion-java's printer spells what is left without zeros at the ends.
func TestDynamoDBNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0.", "-0": "0.", "0.00": "0.", "1": "1.", "103": "103.", "600": "6d2", "2000": "2d3", "12.50": "12.5", "-12.5": "-12.5", "0.000001": "0.000001",
		"0.0000001": "1d-7", "1E-7": "1d-7", "1e+125": "1d125", "1234567890": "123456789d1", "-0.0012": "-0.0012", "1.5E2": "15d1", "00012": "12.", ".5": "0.5", "5.": "5.",
		"12345678901234567890123456789012345678": "12345678901234567890123456789012345678.", "9.9999999999999999999999999999999999999E+125": "99999999999999999999999999999999999999d88",
		"1E-130": "1d-130", "+7": "7.", "100.010": "100.01", "1000000000000000000000000000000000000000000": "1d42",
	} {
		if got, err := translate(`{"Item":{"n":{"N":"`+in+`"}}}`, false); err != nil || got != "{Item:{n:"+want+"}}\n" {
			t.Errorf("%s: got %s %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-", ".", "x", "1x", "1e", "0x1", "1_0", "NaN", "Infinity", "1e126", "1e-131", "123456789012345678901234567890123456789", "1 ", " 1", "1e99999999999", "1.2.3", "--1"} {
		if got, err := translate(`{"Item":{"n":{"N":"`+in+`"}}}`, false); err == nil {
			t.Errorf("%q is taken for %s", in, got)
		}
	}
}

func TestDynamoDBErrors(t *testing.T) {
	for in, at := range map[string]int64{
		`[]`: 0, `null`: 0, `{"Item":{"a":{"S":"x"}}`: 23, `{"Item":{"a":{"S":"x"}}} {}`: 25, `{"Item":{"a":{"S":"x","N":"1"}}}`: 21,
		`{"Item":{"a":{"X":1}}}`: 14, `{"Item":{"a":{"S":1}}}`: 18, `{"Item":{"a":{"N":1}}}`: 18, `{"Item":{"a":"x"}}`: 13, `{"Item":{"a":{}}}`: 14,
		`{"item":{}}`: 1, `{"Item":{},"Keys":{}}`: 11, `{"Keys":{},"Item":{}}`: 11, `{"Item":{"a":{"B":"x"}}}`: 18, `{"Item":{"a":{"B":"a*=="}}}`: 18,
		`{"Item":{"a":{"S":"\ud83d"}}}`: 19, `{"Item":{"a":{"S":"\q"}}}`: 19, "{\"Item\":{\"a\":{\"S\":\"\xff\"}}}": 19, "{\"Item\":{\"a\":{\"S\":\"a\x01\"}}}": 20,
		`{"Item":{"a":{"NULL":false}}}`: 21, `{"Item":{"a":{"BOOL":1}}}`: 21, `{"Item":{"a":{"S":"x"},}}`: 23, "\x00": 0, `{"Item":{"a":{"S":"x`: 20,
	} {
		_, err := translate(in, false)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: no error", in)
		} else if e.Offset != at {
			t.Errorf("%s: error at %d (%v), want %d", in, e.Offset, err, at)
		}
	}
	// Whole lines come first, and places count from the stream's start.
	got, err := translate(`{"Item":{}}`+"\n"+`{"Item":{]}`+"\n", false)
	var e *Error
	if got != "{Item:{}}\n" || !errors.As(err, &e) || e.Offset != 21 {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := translate(`{"Item":{"a":`+strings.Repeat(`{"L":[`, 100_000), false); err == nil {
		t.Error("deep nesting is taken")
	}
}

// What is taken is Ion of one line a record, and the same whatever the reads.
func FuzzDynamoDB(f *testing.F) {
	for _, s := range []string{
		`{"Item":{"id":{"S":"K3"},"c":{"SS":["8g"]},"d":{"NS":["3"]},"e":{"L":[{"N":"1"}]},"f":{"M":{"h":{"NULL":true}}},"j":{"B":"aGVsbG8="}}}`,
		`{"Keys":{"id":{"N":"1E-7"}},"Metadata":{"WriteTimestampMicros":{"N":"1680109764000000"}}}`,
		"{\"Item\":{\"é\":{\"S\":\"\\ud83d\\ude00\"}}}\r\n\n{}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		fast, err := translate(in, false)
		slow, err2 := translate(in, true)
		if fast != slow || (err == nil) != (err2 == nil) {
			t.Fatalf("%q and %q, %v and %v", fast, slow, err, err2)
		}
		b := []byte(fast)
		lines := 0
		for i := 0; ; lines++ {
			i, err = ion.SkipSpace(b, i, true)
			if err != nil {
				t.Fatal(err)
			}
			if i == len(b) {
				break
			}
			if i, err = ion.Consume(b, i, true); err != nil {
				t.Fatalf("%q is no Ion: %v", fast, err)
			}
			b, i = b[i:], 0
		}
		if n := strings.Count(fast, "\n"); n != lines {
			t.Fatalf("%d values on %d lines", lines, n)
		}
	})
}
