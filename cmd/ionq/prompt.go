package main

// The prompt: statements typed at a terminal, each ended by a semicolon.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/sql/syntax"
)

const promptHelp = `Statements end with a semicolon. SHOW TABLES lists the tables, DESCRIBE t a table's columns.
\q or Ctrl-D ends; Ctrl-C drops the line, or stops the running query.
`

// lineReader is a terminal with line editing and history.
type lineReader struct {
	fd int
	t  *term.Terminal
}

// readLine reads one line with the terminal in raw mode only while it reads, so
// that Ctrl-C is a signal while a query runs.
func (l *lineReader) readLine(prompt string) (string, error) {
	state, err := term.MakeRaw(l.fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(l.fd, state) }()
	if w, h, err := term.GetSize(l.fd); err == nil && w > 0 && h > 0 {
		_ = l.t.SetSize(w, h)
	}
	l.t.SetPrompt(prompt)
	return l.t.ReadLine()
}

// prompt runs until \q, Ctrl-D or an error of the terminal.
func prompt(s *engine.Session, in any, stdout, stderr io.Writer) error {
	file, ok := in.(*os.File)
	if !ok {
		panic("BUG: a prompt without a terminal")
	}
	l := &lineReader{fd: int(file.Fd()), t: term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{file, stdout}, "")}
	fmt.Fprintf(stdout, "ionq: Athena's SQL over DynamoDB exports. \\? for help, \\q to leave.\n")
	r := &runner{session: s, w: bufio.NewWriter(stdout), stderr: stderr, format: "table", keepGoing: true}
	var text string
	for {
		p := "ionq> "
		if text != "" {
			p = "   -> "
		}
		line, err := l.readLine(p)
		switch {
		case errors.Is(err, io.EOF): // Ctrl-C gives it too; with text it drops the text
			if text != "" {
				text = ""
				continue
			}
			fmt.Fprintln(stdout)
			return nil
		case err != nil:
			return err
		}
		if text == "" {
			switch strings.TrimSpace(line) {
			case "":
				continue
			case `\q`, "exit", "quit", ".quit", ".exit":
				return nil
			case `\?`, ".help", "help":
				fmt.Fprint(stdout, promptHelp)
				continue
			case `\d`, `\dt`, ".tables":
				line = "SHOW TABLES;"
			}
		}
		text += line + "\n"
		if !complete(text) {
			continue
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		r.inputs(ctx, []input{{text: text}})
		stop()
		_ = r.w.Flush()
		text = ""
	}
}

// complete reports whether the text ends with a semicolon that ends a statement.
func complete(text string) bool {
	trimmed := strings.TrimSpace(text)
	if !strings.HasSuffix(trimmed, ";") {
		return false
	}
	// With the semicolon taken away the last statement is the same, unless the
	// semicolon was inside a quote or a comment.
	with, without := syntax.Split(trimmed), syntax.Split(strings.TrimSuffix(trimmed, ";"))
	return len(with) == len(without) && (len(with) == 0 || with[len(with)-1].Text == without[len(without)-1].Text)
}
