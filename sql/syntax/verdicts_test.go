package syntax

// Our parser against an independent grammar: testdata/sql/verdicts/README.md.

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

func TestVerdicts(t *testing.T) {
	type verdict struct {
		Area    string `json:"area"`
		SQL     string `json:"sql"`
		Side    string `json:"side"`
		Valid   bool   `json:"valid"`
		Differs string `json:"differs"`
	}
	run, agreed, sides := 0, 0, 0
	readLines(t, filepath.Join(root(t), "testdata/sql/verdicts.jsonl"), func(line []byte) {
		var v verdict
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		run++
		if (dialectOf(v.SQL) == Hive) == (v.Side == "hive") {
			sides++
		} else {
			t.Errorf("%s: goes to grammar %d, the verdict is by %s", v.SQL, dialectOf(v.SQL), v.Side)
		}
		_, err := Parse(v.SQL)
		switch {
		case (err == nil) == v.Valid:
			agreed++
			if v.Differs != "" {
				t.Errorf("%s: %s\n  agrees with the other grammar, and yet has a reason to differ: %s", v.Area, v.SQL, v.Differs)
			}
		case v.Differs == "":
			t.Errorf("%s: %s\n  the other grammar says valid=%v, ours says %v", v.Area, v.SQL, v.Valid, err)
		}
	})
	t.Logf("%d statements, %d verdicts agree, %d differ for a reason", run, agreed, run-agreed)
	if run < 300 {
		t.Errorf("only %d statements", run)
	}
}
