package syntax

// Random splices of the corpus's tokens: most fail to parse, and must do so
// without a panic; the others must round-trip. Byte mutations, which the fuzzer
// makes, seldom leave a statement whole; these often do.

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMutations(t *testing.T) {
	texts, kinds := corpus(t)
	var pool []string // token texts
	var picked []int
	for i, text := range texts {
		if kinds[i] == "" || i%30 == 0 {
			picked = append(picked, i)
		}
		if len(pool) < 20_000 {
			for _, tok := range Tokens(text, Trino) {
				if tok.Kind != EOF && tok.Kind != Comment {
					pool = append(pool, text[tok.Off:tok.End])
				}
			}
		}
	}
	rounds := 30_000
	if testing.Short() {
		rounds = 3000
	}
	r := rand.New(rand.NewSource(7))
	accepted := 0
	for range rounds {
		i := picked[r.Intn(len(picked))]
		tokens := strings.Fields("")
		for _, tok := range Tokens(texts[i], Trino) {
			if tok.Kind != EOF && tok.Kind != Comment {
				tokens = append(tokens, texts[i][tok.Off:tok.End])
			}
		}
		if len(tokens) == 0 {
			continue
		}
		for range 1 + r.Intn(3) {
			at := r.Intn(len(tokens))
			switch r.Intn(5) {
			case 0: // drop
				tokens = append(tokens[:at:at], tokens[at+1:]...)
			case 1: // replace
				tokens[at] = pool[r.Intn(len(pool))]
			case 2: // insert
				tokens = append(tokens[:at:at], append([]string{pool[r.Intn(len(pool))]}, tokens[at:]...)...)
			case 3: // put into parentheses
				end := at + 1 + r.Intn(min(6, len(tokens)-at))
				inner := append([]string{"("}, append(append([]string{}, tokens[at:end]...), ")")...)
				tokens = append(tokens[:at:at], append(inner, tokens[end:]...)...)
			case 4: // repeat a run elsewhere
				end := at + 1 + r.Intn(min(8, len(tokens)-at))
				to := r.Intn(len(tokens))
				run := append([]string{}, tokens[at:end]...)
				tokens = append(tokens[:to:to], append(run, tokens[to:]...)...)
			}
			if len(tokens) == 0 {
				break
			}
		}
		text := strings.Join(tokens, " ")
		for _, kind := range []string{kinds[i], "parse_expression"} {
			parse := parserOf(kind)
			tree, err := parse(text)
			if err != nil {
				e := sqlerr.As(err)
				if e.Code != sqlerr.SyntaxError && e.Code != sqlerr.ParseException || e.Msg == "" || strings.HasSuffix(e.Msg, "Expecting: ") {
					t.Errorf("%s\n%v", text, err)
				}
				continue
			}
			accepted++
			switch tree.(type) {
			case *DropView, *ShowCreate:
				parse = parserOf("")
			}
			roundTrip(t, text, tree, parse)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d mutants accepted", accepted)
	if accepted < rounds/100 {
		t.Errorf("only %d mutants accepted", accepted)
	}
}
