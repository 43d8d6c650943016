package main

// The prompt: statements typed at a terminal, each ended by a semicolon.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
)

// errInterrupted is a line that Ctrl-C dropped.
var errInterrupted = errors.New("interrupted")

// maxLineLength is how many characters the line editor holds; it drops what comes
// behind them without a word.
const maxLineLength = 4096

// keys are the bytes that a terminal sends. The line editor takes Ctrl-C for the end
// of all input and meets it again in each further line, so it gets an Enter instead,
// and whoever asked for the line is told what that was.
type keys struct {
	io.Reader
	held        []byte // read and not yet handed on
	interrupted bool   // the Enter handed on last was a Ctrl-C
}

const (
	ctrlC = 3
	enter = '\r'
)

func (k *keys) Read(p []byte) (int, error) {
	if len(k.held) == 0 {
		n, err := k.Reader.Read(p)
		if n == 0 {
			return 0, err
		}
		k.held = append(k.held[:0], p[:n]...)
	}
	n := bytes.IndexByte(k.held, ctrlC)
	switch n {
	case -1:
		n = copy(p, k.held)
	case 0:
		p[0], n, k.interrupted = enter, 1, true
	default: // what stands before it may be a whole line
		n = copy(p, k.held[:n])
	}
	k.held = k.held[n:]
	return n, nil
}

// lineReader is a terminal with line editing and history.
type lineReader struct {
	fd    int
	keys  *keys
	t     *term.Terminal
	state *term.State // to come back to; nil: the terminal is not in raw mode
}

func newLineReader(file *os.File, stdout io.Writer) *lineReader {
	k := &keys{Reader: file}
	return &lineReader{fd: int(file.Fd()), keys: k, t: term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{k, stdout}, "")}
}

// readLine reads one line. The terminal stays in raw mode until release, so that the
// lines of a pasted statement are not shown twice.
func (l *lineReader) readLine(prompt string) (string, error) {
	if l.state == nil {
		state, err := term.MakeRaw(l.fd)
		if err != nil {
			return "", err
		}
		l.state = state
		// The terminal then says what was pasted, where a tab is no completion.
		l.t.SetBracketedPasteMode(true)
	}
	if w, h, err := term.GetSize(l.fd); err == nil && w > 0 && h > 0 {
		_ = l.t.SetSize(w, h)
	}
	l.t.SetPrompt(prompt)
	line, err := l.t.ReadLine()
	switch {
	case l.keys.interrupted:
		l.keys.interrupted = false
		return "", errInterrupted
	case errors.Is(err, term.ErrPasteIndicator):
		err = nil
	}
	if err == nil && utf8.RuneCountInString(line) >= maxLineLength {
		return "", sqlerr.New(sqlerr.InvalidArguments, "a line at the prompt can have %d characters", maxLineLength-1).
			WithHint("break it into several, or put it into a file for .read")
	}
	return line, err
}

// release gives the terminal back to who had it, so that Ctrl-C is a signal while a
// query runs.
func (l *lineReader) release() {
	if l.state == nil {
		return
	}
	l.t.SetBracketedPasteMode(false)
	_ = term.Restore(l.fd, l.state)
	l.state = nil
}

// prompt runs until \q, Ctrl-D or an error of the terminal.
func prompt(ctx context.Context, s *engine.Session, params []string, in any, stdout, stderr io.Writer) error {
	file, ok := in.(*os.File)
	if !ok {
		panic("BUG: a prompt without a terminal")
	}
	// ctx ends with the first Ctrl-C; here that ends a query and not the shell.
	ctx = context.WithoutCancel(ctx)
	l := newLineReader(file, stdout)
	defer l.release()
	// A line that is being read cannot be called off.
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM)
	defer func() { signal.Stop(ends); close(ends) }()
	terminal, err := term.GetState(l.fd)
	if err != nil {
		return err
	}
	go func() {
		if _, ok := <-ends; ok {
			_ = term.Restore(l.fd, terminal)
			os.Exit(1)
		}
	}()
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
		case errors.Is(err, errInterrupted):
			text = ""
			continue
		case errors.Is(err, io.EOF):
			l.release()
			fmt.Fprintln(stdout)
			return sh.close()
		case errors.As(err, new(*sqlerr.Error)):
			l.release()
			sh.fail(err)
			text = ""
			continue
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
		run := func(do func(context.Context) error) error {
			l.release()
			stopped, stop := signal.NotifyContext(ctx, os.Interrupt)
			defer stop()
			r.wrote = &gap{w: r.w}
			err := do(stopped)
			if err != nil && !errors.Is(err, errQuit) {
				sh.fail(err)
			}
			_ = r.w.Flush()
			return err
		}
		if text == "" && isCommand(line) {
			if err := run(func(ctx context.Context) error { return sh.command(ctx, line) }); errors.Is(err, errQuit) {
				return sh.close()
			}
			continue
		}
		text += line + "\n"
		if complete(text) {
			_ = run(func(ctx context.Context) error {
				sh.statements(ctx, "", 0, text)
				return nil
			})
			text = ""
		}
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
