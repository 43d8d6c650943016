package main

// The prompt: statements typed at a terminal, each ended by a semicolon.

import (
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
func prompt(ctx context.Context, s *engine.Session, params []string, in any, stdout, stderr io.Writer) error {
	file, ok := in.(*os.File)
	if !ok {
		panic("BUG: a prompt without a terminal")
	}
	l := &lineReader{fd: int(file.Fd()), t: term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{file, stdout}, "")}
	r := &runner{session: s, stderr: stderr, format: "table", keepGoing: true, params: params}
	r.redirect(stdout)
	sh := newShell(r, stdout)
	var words []string
	l.t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		return completeWord(words, line, pos)
	}
	fmt.Fprintf(stdout, "ionq: Athena's SQL over DynamoDB exports. .help for help, .quit to leave.\n")
	if names, err := sh.rows(ctx, "SHOW TABLES"); err == nil && len(names) > 0 {
		fmt.Fprintf(stdout, "Tables: %s\n", strings.Join(names, ", "))
	}
	var text string
	for {
		p := "ionq> "
		if text != "" {
			p = "   -> "
		} else {
			words = sh.completions(ctx)
		}
		line, err := l.readLine(p)
		switch {
		case errors.Is(err, io.EOF): // Ctrl-C gives it too; with text it drops the text
			if text != "" {
				text = ""
				continue
			}
			fmt.Fprintln(stdout)
			return sh.close()
		case err != nil:
			return errors.Join(err, sh.close())
		}
		if text == "" {
			switch word := strings.ToLower(strings.TrimSpace(line)); {
			case word == "":
				continue
			case word == "exit" || word == "quit":
				line = ".quit"
			case word == "help" || strings.HasPrefix(word, "help ") && !strings.HasSuffix(word, ";"):
				line = "." + strings.TrimSpace(line)
			}
		}
		stopped, stop := signal.NotifyContext(ctx, os.Interrupt)
		r.wrote = &gap{w: r.w}
		if text == "" && isCommand(line) {
			err := sh.command(stopped, line)
			stop()
			if errors.Is(err, errQuit) {
				return sh.close()
			}
			if err != nil {
				sh.fail(err)
			}
			_ = r.w.Flush()
			continue
		}
		text += line + "\n"
		if complete(text) {
			sh.statements(stopped, "", 0, text)
			_ = r.w.Flush()
			text = ""
		}
		stop()
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
