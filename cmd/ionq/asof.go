package main

// --as-of TIME: the instant whose state of the tables is asked for.

import (
	"strings"
	"time"
)

// asOfLayouts are the spellings of ISO 8601 that --as-of takes. What has no zone
// is UTC; a fraction of the second is taken everywhere.
var asOfLayouts = []string{
	"2006-01-02",
	"2006-01-02T15:04",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05Z07",
	"20060102T150405Z0700",
	"20060102",
}

// parseAsOf reads the flag's value.
func parseAsOf(s string) (time.Time, error) {
	text := strings.TrimSpace(s)
	if len(text) > 10 && text[10] == ' ' { // 2023-07-01 00:00:00 UTC, as messages and SQL have it
		text = text[:10] + "T" + text[11:]
		text = strings.TrimSuffix(text, " UTC")
	}
	for _, layout := range asOfLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef("--as-of %s: a time such as 2023-07-01, 2023-07-01T09:30:00Z or 2023-07-01T09:30:00+09:00 is expected", s)
}
