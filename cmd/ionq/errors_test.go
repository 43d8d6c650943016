package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

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
