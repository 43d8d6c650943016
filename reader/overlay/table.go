package overlay

// The table of changed keys: of each key the last change, wherever it was found.

import (
	"hash/maphash"
	"slices"
	"sync"
)

// shards is how many parts the table has, each with its own lock, so that
// several files are read at once.
const shards = 16

// changeTable holds the last change of each key. With its share of the hash
// slots an entry takes about 60 bytes, and the key's own bytes come on top.
type changeTable struct {
	seed   maphash.Seed
	shards [shards]shard
}

type shard struct {
	mu      sync.Mutex
	slots   []uint32 // 1 + entry, 0 where free; a power of two, at most half full
	entries []entry
	keys    arena
}

type entry struct {
	micros int64  // of the write
	key    uint64 // place in the arena: block<<32 | offset
	record uint32 // number in its file
	file   uint32 // ordinal among all change files
	hash   uint32 // upper half
	length uint32 // of the key; the highest bit: the change is a deletion
}

const deletion = 1 << 31

func (e *entry) deleted() bool { return e.length&deletion != 0 }

// arena holds the keys' bytes in blocks, so that growing copies nothing.
type arena struct{ blocks [][]byte }

// blockSize doubles from the first block to the largest.
const (
	firstBlock = 4 << 10
	maxBlock   = 1 << 20
)

func (a *arena) add(key []byte) uint64 {
	n := len(a.blocks)
	if n == 0 || len(a.blocks[n-1])+len(key) > cap(a.blocks[n-1]) {
		size := firstBlock
		if n > 0 {
			size = min(2*cap(a.blocks[n-1]), maxBlock)
		}
		a.blocks = append(a.blocks, make([]byte, 0, max(size, len(key))))
		n++
	}
	at := uint64(n-1)<<32 | uint64(len(a.blocks[n-1]))
	a.blocks[n-1] = append(a.blocks[n-1], key...)
	return at
}

func (a *arena) get(e *entry) []byte {
	from := uint32(e.key)
	return a.blocks[e.key>>32][from : from+e.length&^deletion]
}

func newChangeTable() *changeTable { return &changeTable{seed: maphash.MakeSeed()} }

// shard returns where a key belongs. The seed differs from run to run; nothing
// that is seen from outside depends on it.
func (t *changeTable) shard(key []byte) (*shard, uint64) {
	h := maphash.Bytes(t.seed, key)
	return &t.shards[h%shards], h
}

// has reports whether a key was changed. No put may be under way.
func (t *changeTable) has(key []byte) bool {
	s, h := t.shard(key)
	return s.find(key, h) != nil
}

func (s *shard) find(key []byte, h uint64) *entry {
	if len(s.slots) == 0 {
		return nil
	}
	mask := uint64(len(s.slots) - 1)
	for at := h >> 4 & mask; ; at = (at + 1) & mask {
		k := s.slots[at]
		if k == 0 {
			return nil
		}
		if e := &s.entries[k-1]; e.hash == uint32(h>>32) && string(s.keys.get(e)) == string(key) {
			return e
		}
	}
}

// put notes a change. Where the key has one already, replace says whether the
// new one takes its place.
func (t *changeTable) put(key []byte, e entry, replace func(old *entry) (bool, error)) error {
	s, h := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.find(key, h); old != nil {
		ok, err := replace(old)
		if ok {
			old.micros, old.record, old.file = e.micros, e.record, e.file
			old.length = old.length&^deletion | e.length&deletion
		}
		return err
	}
	if 2*(len(s.entries)+1) > len(s.slots) {
		s.grow(t.seed)
	}
	e.key, e.hash = s.keys.add(key), uint32(h>>32)
	e.length |= uint32(len(key))
	s.entries = append(s.entries, e)
	s.place(uint32(len(s.entries)), h)
	return nil
}

func (s *shard) place(n uint32, h uint64) {
	mask := uint64(len(s.slots) - 1)
	at := h >> 4 & mask
	for s.slots[at] != 0 {
		at = (at + 1) & mask
	}
	s.slots[at] = n
}

// grow doubles the slots. An entry keeps only half of its hash, so hashes are
// computed anew.
func (s *shard) grow(seed maphash.Seed) {
	s.slots = make([]uint32, max(64, 2*len(s.slots)))
	if n := len(s.entries); cap(s.entries) == n {
		// By half, not to the double: this is the bulk of the memory.
		s.entries = slices.Grow(s.entries, max(32, n/2))
	}
	for k := range s.entries {
		s.place(uint32(k+1), maphash.Bytes(seed, s.keys.get(&s.entries[k])))
	}
}

// len is the number of keys.
func (t *changeTable) len() int {
	n := 0
	for k := range t.shards {
		n += len(t.shards[k].entries)
	}
	return n
}

// each calls f with every entry, in no order.
func (t *changeTable) each(f func(e *entry)) {
	for k := range t.shards {
		s := &t.shards[k]
		for i := range s.entries {
			f(&s.entries[i])
		}
	}
}
