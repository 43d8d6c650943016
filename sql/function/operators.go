package function

// Signatures of the operators over dates, times, timestamps and intervals, as
// hidden functions $add, $sub, $mul, $div and $neg (Trino: DateTimeOperators,
// TimeOperators, TimestampOperators, IntervalDayTimeOperators and their like).
// The operators over numbers are no functions: the analyzer types them itself.

import "github.com/ionq-db/ionq/sql/types"

// atLeastMillis is the result of adding an interval of milliseconds: the type of
// argument k with a precision of at least 3.
func atLeastMillis(k int) func([]types.Type) (types.Type, error) {
	return func(args []types.Type) (types.Type, error) {
		t := args[k]
		t.P = max(3, t.P)
		return t, nil
	}
}

var _ = defineOperators()

func defineOperators() bool {
	op := func(name, params, result string, rule func([]types.Type) (types.Type, error)) {
		define(&Function{Name: name, Sig: params + " -> " + result, Result: rule, Category: "operator", Hidden: true})
	}
	plus := func(t, result string, interval string, rule bool) {
		var first, second func([]types.Type) (types.Type, error)
		if rule {
			first, second = atLeastMillis(0), atLeastMillis(1)
		}
		op("$add", "("+t+", "+interval+")", result, first)
		op("$add", "("+interval+", "+t+")", result, second)
		op("$sub", "("+t+", "+interval+")", result, first)
	}
	plus(sigDate, sigDate, sigDaySecond, false)
	plus(sigDate, sigDate, sigYearMonth, false)
	plus(sigTime, "time(u)", sigDaySecond, true)
	plus(sigTimeTZ, "time(u) with time zone", sigDaySecond, true)
	plus(sigTimestamp, "timestamp(u)", sigDaySecond, true)
	plus(sigTimestamp, sigTimestamp, sigYearMonth, false)
	plus(sigTimestampTZ, "timestamp(u) with time zone", sigDaySecond, true)
	plus(sigTimestampTZ, sigTimestampTZ, sigYearMonth, false)
	for _, t := range []string{sigTime, sigTimeTZ, sigTimestamp, sigTimestampTZ} {
		op("$sub", "("+t+", "+t+")", sigDaySecond, nil)
	}
	for _, t := range []string{sigYearMonth, sigDaySecond} {
		op("$add", "("+t+", "+t+")", t, nil)
		op("$sub", "("+t+", "+t+")", t, nil)
		for _, n := range []string{"bigint", "double"} {
			op("$mul", "("+t+", "+n+")", t, nil)
			op("$mul", "("+n+", "+t+")", t, nil)
		}
		op("$div", "("+t+", double)", t, nil)
		op("$neg", "("+t+")", t, nil)
	}
	return true
}
