package proven

// Memory: proven sums that outlive the process.
//
// One file of lines, which processes append to:
//
//	1 <CRC-32 of the rest> <MD5, hex> <identity, quoted>
//
// A line is written by a single write at the file's end, with a line feed before
// and after it, so two processes do not mix theirs, and one that was cut short
// spoils no other. Lines whose checksum is wrong are passed over. Whatever is
// wrong with the file costs a hash, never an answer; so errors are not reported.

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Memory is safe for concurrent use, also by several processes.
type Memory struct {
	name string

	mu     sync.Mutex
	loaded bool
	sums   map[string]Sum
}

// memoryName is the file's name in its folder.
const memoryName = "proven-md5"

// maxMemory bounds the file: some 50,000 lines. A longer one loses its older half.
const maxMemory = 8 << 20

// OpenMemory returns the memory that is kept in a folder, which is made when the
// first sum is kept. Nothing is read before it is needed. An empty dir gives nil.
func OpenMemory(dir string) *Memory {
	if dir == "" {
		return nil
	}
	return &Memory{name: filepath.Join(dir, memoryName)}
}

func (m *Memory) get(id string) (Sum, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.load()
	s, ok := m.sums[id]
	return s, ok
}

// load reads the file once. m.mu is held.
func (m *Memory) load() {
	if m.loaded {
		return
	}
	m.loaded, m.sums = true, map[string]Sum{}
	f, err := os.Open(m.name)
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	if info.Size() > maxMemory {
		// The newer half stays. A line that another process adds meanwhile is lost:
		// that file is hashed once more.
		if _, err := f.Seek(-maxMemory/2, io.SeekEnd); err != nil {
			return
		}
	}
	text, err := io.ReadAll(io.LimitReader(f, 2*maxMemory))
	if err != nil {
		return
	}
	for line := range bytes.Lines(text) {
		if id, sum, ok := parseLine(strings.TrimSuffix(string(line), "\n")); ok {
			m.sums[id] = sum
		}
	}
	if info.Size() > maxMemory {
		m.shrink(text)
	}
}

func (m *Memory) shrink(text []byte) {
	tmp, err := os.CreateTemp(filepath.Dir(m.name), memoryName+"-*.tmp")
	if err != nil {
		return
	}
	_, err = tmp.Write(append([]byte("\n"), text...)) // the first line may be cut
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), m.name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // it is a memory only
	}
}

func (m *Memory) put(id string, sum Sum) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.load()
	if was, ok := m.sums[id]; ok && was == sum {
		return
	}
	m.sums[id] = sum
	if err := os.MkdirAll(filepath.Dir(m.name), 0o700); err != nil {
		return
	}
	f, err := os.OpenFile(m.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteString("\n" + formatLine(id, sum) + "\n") // see above
	_ = f.Close()
}

func formatLine(id string, sum Sum) string {
	rest := sum.String() + " " + strconv.Quote(id)
	return fmt.Sprintf("1 %08x %s", crc32.ChecksumIEEE([]byte(rest)), rest)
}

func parseLine(line string) (id string, sum Sum, ok bool) {
	crc, rest, ok := strings.Cut(strings.TrimPrefix(line, "1 "), " ")
	if !ok || !strings.HasPrefix(line, "1 ") || crc != fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(rest))) {
		return "", sum, false
	}
	hexSum, quoted, _ := strings.Cut(rest, " ")
	b, err := hex.DecodeString(hexSum)
	if err != nil || len(b) != len(sum) {
		return "", sum, false
	}
	copy(sum[:], b)
	id, err = strconv.Unquote(quoted)
	return id, sum, err == nil
}
