package main

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// A message shows the beginning of a value that is too long to read.
func TestPrintLong(t *testing.T) {
	var b strings.Builder
	printError(&b, sqlerr.New(sqlerr.InvalidFunctionArgument, "Cannot convert '%s'", strings.Repeat("é", 100_000)), nil)
	if got := b.String(); len(got) > maxMessage+100 || !strings.HasSuffix(got, "é… (200017 bytes)\n") || !utf8.ValidString(got) {
		t.Errorf("%d bytes: ...%s", len(got), got[len(got)-40:])
	}
}

// A bug's report has the stack that its hint asks for; other causes are in the
// message already.
func TestPrintBug(t *testing.T) {
	stack := errors.New("panic: nil\ngoroutine 1 [running]:\nmain.main()")
	for code, want := range map[sqlerr.Code]bool{sqlerr.GenericInternalError: true, sqlerr.HiveCursorError: false} {
		var b strings.Builder
		printError(&b, sqlerr.New(code, "nil").WithHint("report it, with what follows").Wrap(stack), nil)
		if got := strings.HasSuffix(b.String(), "with what follows\npanic: nil\ngoroutine 1 [running]:\nmain.main()\n"); got != want {
			t.Errorf("%s:\n%s", code, b.String())
		}
	}
}
