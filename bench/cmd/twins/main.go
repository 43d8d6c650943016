// Command twins writes the same items twice, as an export in Ion and as one in
// DynamoDB JSON, asks both twenty questions, and compares the answers byte for
// byte. It prints what each side cost.
//
//	go run ./bench/cmd/twins -dir /var/tmp/twins                    # 10,000 items a shape
//	go run ./bench/cmd/twins -dir /var/tmp/twins -mb 1000           # about 1 GB of Ion a shape
//
// The exports are made by the first run and used again by later ones. The exit
// code is 1 where an answer differs, or a count is not the manifest's.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
)

// questions are asked of both shapes; TABLE stands for the table. Columns that
// only one shape has are in the list of that shape.
var questions = []string{
	"SELECT count(*) FROM TABLE",
	"SELECT count(id), count(amount), count(created_at) FROM TABLE",
	"SELECT sum(amount), min(amount), max(amount) FROM TABLE",
	"SELECT id, sum(amount) AS amount FROM TABLE GROUP BY id ORDER BY id",
	"SELECT id, sum(amount) FROM TABLE WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00') GROUP BY 1 ORDER BY 1",
	"SELECT date_trunc('month', from_iso8601_timestamp(created_at)) AS m, count(*), avg(amount) FROM TABLE GROUP BY 1 ORDER BY 1",
	"SELECT count(DISTINCT id) FROM TABLE",
	"SELECT * FROM TABLE ORDER BY created_at, id, amount LIMIT 1000",
	"SELECT * FROM TABLE WHERE amount > 99990 ORDER BY amount, id, created_at",
	"SELECT substr(created_at, 1, 10) AS d, count(*) FROM TABLE GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100",
	"SELECT id % 7, count(*), sum(amount) FROM TABLE GROUP BY 1 ORDER BY 1",
	"SELECT max_by(id, amount), min_by(created_at, amount) FROM TABLE",
	"SELECT count(*) FROM TABLE WHERE amount = CAST(amount AS bigint)",
	"SELECT CAST(amount AS varchar) AS a, count(*) FROM TABLE GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
	"SELECT a.id, count(*) FROM (SELECT DISTINCT id FROM TABLE) a JOIN TABLE b ON a.id = b.id GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
	"SELECT rank() OVER (ORDER BY s DESC), id, s FROM (SELECT id, sum(amount) AS s FROM TABLE GROUP BY id) ORDER BY 1, 2 LIMIT 50",
	"SELECT sum(CASE WHEN amount < 0 THEN 1 ELSE 0 END), sum(abs(amount)) FROM TABLE",
	"SELECT count(*) FROM TABLE WHERE created_at LIKE '2023-07-0%' AND id IS NOT NULL",
	"DESCRIBE TABLE",
	"SELECT * FROM TABLE LIMIT 10000",
}

func main() {
	dir := flag.String("dir", "", "folder of the exports; made by the first run (required)")
	ionq := flag.String("ionq", "", "the command to ask; built from this tree where it is not given")
	mb := flag.Int64("mb", 0, "about how many MB of Ion text a shape holds (default: 10,000 items)")
	flag.Parse()
	if *dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir, *ionq, *mb); err != nil {
		fmt.Fprintln(os.Stderr, "twins:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, ionq string, mb int64) error {
	if ionq == "" {
		ionq = filepath.Join(dir, "ionq")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", ionq, "./cmd/ionq").CombinedOutput(); err != nil {
			return fmt.Errorf("building ionq: %w\n%s", err, out)
		}
	}
	bad := 0
	for _, shape := range []gen.Shape{gen.Narrow, gen.Wide} {
		rows := int64(10_000)
		if mb > 0 { // bytes a line of the generator's shapes
			rows = mb * 1_000_000 / map[gen.Shape]int64{gen.Narrow: 97, gen.Wide: 950}[shape]
		}
		var paths [2]string
		for k, format := range []gen.Format{gen.Ion, gen.DynamoDBJSON} {
			paths[k] = filepath.Join(dir, fmt.Sprintf("%s-%d-%s", shape, rows, strings.ToLower(string(format))))
			if _, err := os.Stat(paths[k]); err == nil {
				continue
			}
			part := paths[k] + ".part"
			if err := os.RemoveAll(part); err != nil {
				return err
			}
			if _, err := gen.Write(ctx, gen.Config{Dir: part, Format: format, Shape: shape, Rows: rows, Files: 8, Seed: 7}); err != nil {
				return err
			}
			if err := os.Rename(part, paths[k]); err != nil {
				return err
			}
		}
		fmt.Printf("%s, %d items\n%10s %10s %10s  question\n", shape, rows, "Ion s", "JSON s", "bytes")
		for _, q := range questions {
			var answers [2][]byte
			var cpu [2]time.Duration
			for k := range paths {
				cmd := exec.CommandContext(ctx, ionq, "--table", "t="+paths[k], "-c", strings.ReplaceAll(q, "TABLE", "t"))
				var stderr bytes.Buffer
				cmd.Stderr = &stderr
				out, err := cmd.Output()
				if err != nil && ctx.Err() != nil {
					return ctx.Err()
				}
				var exit *exec.ExitError
				if err != nil && !errors.As(err, &exit) {
					return err
				}
				if err != nil { // also the same failure is an answer
					out = append(out, strings.ReplaceAll(stderr.String(), ".json.gz", ".ion.gz")...)
				}
				answers[k] = out
				cpu[k] = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			verdict := ""
			if !bytes.Equal(answers[0], answers[1]) {
				verdict = "DIFFERENT: "
				bad++
			}
			if strings.HasPrefix(q, "SELECT count(*) FROM TABLE") && !strings.Contains(q, "WHERE") && !bytes.Contains(answers[0], fmt.Appendf(nil, "%q", fmt.Sprint(rows))) {
				verdict += "NOT THE MANIFEST'S COUNT: "
				bad++
			}
			fmt.Printf("%10.2f %10.2f %10d  %s%s\n", cpu[0].Seconds(), cpu[1].Seconds(), len(answers[0]), verdict, q)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d answers differ", bad)
	}
	return nil
}
