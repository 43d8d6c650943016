package expr

// word_stem: Snowball's stemmers, as Lucene has them.

import (
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// stemmers are those of Trino's WordStemFunction that have one here; nil marks
// the languages of Trino's that have none.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"ca": nil, "eu": nil, "hy": nil, "lt": nil,
	"da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fi": finnish.Stem, "fr": french.Stem,
	"hu": hungarian.Stem, "ir": irish.Stem, "it": italian.Stem, "nl": dutch.Stem, "no": norwegian.Stem, "pt": portuguese.Stem,
	"ro": romanian.Stem, "ru": russian.Stem, "sv": swedish.Stem, "tr": turkish.Stem,
}

// stem gives a word's stem; the word itself where the stemmer takes none off.
func stem(word, language string) (string, error) {
	f, known := stemmers[language]
	switch {
	case !known:
		return "", invalidArgument("Unknown stemmer language: %s", language)
	case f == nil:
		return "", sqlerr.New(sqlerr.NotSupported, "word_stem: language %s is not supported", language)
	}
	env := snowballstem.NewEnv(word)
	f(env)
	return env.Current(), nil
}

func init() {
	body := func(language func(a *Args, i int) string) RowFunc {
		return func(a *Args, i int, out *page.Builder) error {
			s, err := stem(a.str(0, i), language(a, i))
			if err == nil {
				out.String(s)
			}
			return err
		}
	}
	register("word_stem(varchar(x))", body(func(*Args, int) string { return "en" }))
	register("word_stem(varchar(x), varchar(2))", body(func(a *Args, i int) string { return a.str(1, i) }))
}
