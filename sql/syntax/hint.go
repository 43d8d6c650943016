package syntax

// This file guesses what a syntax error's writer meant. The guess goes into
// the error's hint, beside the message, which stays Athena's.

import (
	"slices"
	"strings"
)

// hint guesses from the failing token and those around it; "" is no guess.
func (p *parser) hint(t *Token) string {
	prev := func(n int) *Token {
		if p.pos < n {
			return &Token{}
		}
		return &p.tokens[p.pos-n]
	}
	switch {
	case t.Kind == Unknown && (t.Key == "'" || t.Key == `"` || t.Key == "`"):
		return "the quote is never closed"
	case t.Key == "=" && prev(1).Key == "=":
		return "equality is one ="
	case t.Key == ":" && p.peekKey(1) == ":":
		return "a cast is written CAST(value AS type)"
	case t.Key == "OFFSET" && p.wrote("LIMIT"):
		return "OFFSET comes before LIMIT"
	case t.Key == "," && prev(2).Key == "LIMIT":
		return "write OFFSET n LIMIT m"
	case p.dialect == Trino && foreignHint(t, prev, p.peekKey) != "":
		return foreignHint(t, prev, p.peekKey)
	case prev(1).Key == "," && (t.Key == ")" || t.Key == "FROM" || t.Kind == EOF):
		return "there is a comma too many"
	case t.Kind == Word && p.wantedAt == p.pos && slices.Contains(p.wanted, "<type>"):
		return SuggestType(t.Key, p.dialect)
	case t.Kind == Word:
		list := p.wanted
		if p.pos == 0 {
			list = append([]string{"SELECT", "VALUES", "UNLOAD"}, list...)
		}
		if w := nearest(t.Key, list); w != "" && p.wantedAt == p.pos {
			return "did you mean " + w + "?"
		}
	}
	if p.dialect == Hive {
		return ""
	}
	// A misspelt clause word reads as an alias, and the word after it fails.
	if before := prev(1); before.Kind == Word {
		if _, keyword := trinoWords[before.Key]; !keyword {
			if w := nearest(before.Key, clauseWords); w != "" {
				return "did you mean " + w + " instead of " + p.tokenText(before) + "?"
			}
		}
	}
	return ""
}

// foreignWords are words of other dialects, where they stand alone, and what is written
// here instead.
var foreignWords = map[string]string{
	"ILIKE":   "write lower(text) LIKE pattern",
	"RLIKE":   "write regexp_like(text, pattern)",
	"REGEXP":  "write regexp_like(text, pattern)",
	"SIMILAR": "write regexp_like(text, pattern)",
	"~":       "write regexp_like(text, pattern)",
	"&":       "write AND for conditions, bitwise_and(a, b) for bits",
	"|":       "write || for texts, OR for conditions, bitwise_or(a, b) for bits",
	"^":       "write power(a, b), or bitwise_xor(a, b) for bits",
	"#":       "a comment begins with --",
	"EXCLUDE": "name the columns: * takes nothing away",
}

// foreignHint knows what users of MySQL, Postgres, Hive and others write by habit.
func foreignHint(t *Token, prev func(int) *Token, peek func(int) string) string {
	before := prev(1)
	switch {
	case foreignWords[t.Key] != "":
		return foreignWords[t.Key]
	case before.Key == "INTERVAL" && t.Kind == IntegerNumber:
		return "the number of an INTERVAL is quoted: INTERVAL '1' DAY"
	case before.Key == "TOP":
		return "write LIMIT n at the end"
	case prev(2).Key == "QUALIFY" || before.Key == "QUALIFY":
		return "write the window function in a subquery and its condition in a WHERE around it"
	case t.Key == "VIEW" && before.Key == "LATERAL":
		return "write CROSS JOIN UNNEST(array) AS t(x)"
	case before.Key == "->" && t.Key == ">":
		return "write json_extract_scalar(json, '$.name')"
	case t.Key == ">" && before.Key == "<=":
		return "write IS NOT DISTINCT FROM"
	case t.Key == "!" && peek(1) != "=":
		return "write NOT"
	case prev(1).Key == "(" && prev(2).Key == "EXCEPT" && prev(3).Key == "*":
		return "name the columns: * takes nothing away"
	case before.Key == "DIV":
		return "write a / b, which gives a whole number for whole numbers"
	case before.Key == "MOD":
		return "write a % b"
	case before.Key == "MINUS" && t.Key == "SELECT":
		return "write EXCEPT"
	case t.Key == "ON" && before.Key == "DISTINCT":
		return "write row_number() OVER (PARTITION BY ...) in a subquery and WHERE ... = 1 around it"
	}
	return ""
}

var clauseWords = strings.Fields("FROM WHERE GROUP ORDER HAVING LIMIT UNION JOIN")

// wrote reports whether a word stands before the current token.
func (p *parser) wrote(word string) bool {
	for _, t := range p.tokens[:p.pos] {
		if t.Key == word {
			return true
		}
	}
	return false
}

// nearest finds the word that is one slip away from the given one: a letter
// too many, missing, wrong, or two letters swapped.
func nearest(word string, list []string) string {
	if len(word) < 4 {
		return ""
	}
	for _, w := range list {
		if len(w) > 3 && isLetter(w[0]) && oneSlip(word, w) {
			return w
		}
	}
	return ""
}

func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := a[i:], b[i:]
	switch {
	case x == "" && y == "":
		return false
	case len(a) == len(b):
		return x[1:] == y[1:] || len(x) > 1 && x[0] == y[1] && x[1] == y[0] && x[2:] == y[2:]
	case len(a) == len(b)+1:
		return x[1:] == y
	case len(a)+1 == len(b):
		return x == y[1:]
	}
	return false
}
