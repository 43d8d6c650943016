package main

// The prompt at a real terminal: a pseudo-terminal, with the bytes that keys send.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is the prompt with its screen and keyboard.
type terminal struct {
	t      *testing.T
	master *os.File
	done   chan int

	mu     sync.Mutex
	screen strings.Builder
	grew   chan struct{}
	seen   int // of screen, by expect
}

func openTerminal(t *testing.T, args ...string) *terminal {
	t.Setenv("IONQ_CACHE_DIR", t.TempDir())
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("there are no pseudo-terminals here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = master.Close() })
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 200}); err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, master: master, done: make(chan int, 1), grew: make(chan struct{}, 1)}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			x.mu.Lock()
			x.screen.Write(buf[:n])
			x.mu.Unlock()
			select {
			case x.grew <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		x.done <- run(append([]string{}, args...), slave, slave, slave) // cobra takes nil for those of the test
		_ = slave.Close()
	}()
	return x
}

// keys types.
func (x *terminal) keys(s string) {
	x.t.Helper()
	if _, err := x.master.WriteString(s); err != nil {
		x.t.Fatal(err)
	}
}

// patience is for machines with other work: nothing that passes waits for it.
const patience = time.Minute

// expect waits until the screen, behind what was expected before, shows want.
func (x *terminal) expect(want string) {
	x.t.Helper()
	end := time.After(patience)
	for {
		x.mu.Lock()
		got := x.screen.String()[x.seen:]
		at := strings.Index(got, want)
		if at >= 0 {
			x.seen += at + len(want)
		}
		x.mu.Unlock()
		if at >= 0 {
			return
		}
		select {
		case <-x.grew:
		case code := <-x.done:
			x.t.Fatalf("the prompt has ended with %d, without %q:\n%s", code, want, got)
		case <-end:
			x.t.Fatalf("no %q on the screen:\n%s", want, got)
		}
	}
}

func (x *terminal) ends(code int) {
	x.t.Helper()
	select {
	case got := <-x.done:
		if got != code {
			x.t.Errorf("exit code %d, want %d", got, code)
		}
	case <-time.After(patience):
		x.t.Fatalf("the prompt does not end:\n%s", x.screen.String())
	}
}

// TestPromptControlC: it drops what is being typed, also between the lines of a
// statement, and does nothing where there is nothing.
func TestPromptControlC(t *testing.T) {
	x := openTerminal(t)
	x.expect("ionq> ")
	x.keys("select 'dropped'")
	x.expect("'dropped'")
	x.keys("\x03")
	x.expect("ionq> ")
	x.keys("select 'first',\r")
	x.expect("   -> ")
	x.keys("\x03\x03\x03")
	x.expect("ionq> ")
	x.expect("ionq> ")
	x.expect("ionq> ")
	x.keys("select 40 + 2 as a;\r")
	x.expect("42")
	x.expect("ionq> ")
	x.keys("\x04")
	x.ends(0)
}

// TestPromptControlCEndsQuery: a query that runs ends, and the ones after it run.
func TestPromptControlCEndsQuery(t *testing.T) {
	x := openTerminal(t)
	x.expect("ionq> ")
	x.keys("select x + 7000000 from unnest(sequence(1, 10000)) t(x), unnest(sequence(1, 10000)) u(y), unnest(sequence(1, 10000)) v(z);\r")
	x.expect("7000001 ") // of the first rows
	// No child of a terminal of its own: the signal comes as from its driver.
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	x.expect("error: USER_CANCELED: Query was canceled")
	x.expect("ionq> ")
	x.keys("select 40 + 2 as a;\r")
	x.expect("42")
	x.expect("ionq> ")
	x.keys("\\q\r")
	x.ends(0)
}

// TestPromptPaste: tabs of pasted text stay, and its statements run.
func TestPromptPaste(t *testing.T) {
	x := openTerminal(t)
	x.expect("\x1b[?2004hionq> ")
	x.keys("\x1b[200~SELECT\t40\r\t+ 2\tAS a;\rSELECT 50 + 5;\r\x1b[201~")
	x.expect("42")
	x.expect("55")
	x.expect("ionq> ")
	x.keys("SELECT\t70 + 7;\r") // where the terminal does not say that it is pasted
	x.expect("77")
	x.expect("ionq> ")
	x.keys("\x04")
	x.ends(0)
}

// TestPromptLongLine: the line editor drops what is too long, which must not run.
func TestPromptLongLine(t *testing.T) {
	x := openTerminal(t)
	x.expect("ionq> ")
	x.keys("select length('" + strings.Repeat("x", 5000) + "');\r")
	x.expect("error: INVALID_ARGUMENTS: a line at the prompt can have 4095 characters")
	x.expect("ionq> ")
	x.keys("select 40 + 2;\r")
	x.expect("42")
	x.expect("ionq> ")
	x.keys("exit\r")
	x.ends(0)
}

// TestPromptCompletes: names of columns behind the names of their tables.
func TestPromptCompletes(t *testing.T) {
	x := openTerminal(t, filepath.Join("..", "..", "testdata", "exports", "app"))
	x.expect("Tables: app")
	x.expect("ionq> ")
	x.keys("SELECT count(a.gsi1p\t) FROM app a;\r")
	x.expect("gsi1pk")
	x.expect("(1 row)")
	x.expect("ionq> ")
	x.keys("\x04")
	x.ends(0)
}
