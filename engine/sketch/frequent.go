package sketch

// The most frequent values by the Space-Saving algorithm (Metwally, Agrawal and El
// Abbadi, Efficient computation of frequent and top-k elements in data streams,
// 2005): a fixed number of counters; a value without one takes over the counter
// that came first to the least count.

import (
	"encoding/binary"
	"slices"
)

// Counter is a value and about how often it occurred, never less than it did.
type Counter[K comparable] struct {
	Item  K
	Count int64
	index int // in its list
}

// Frequent counts values.
type Frequent[K comparable] struct {
	capacity int
	of       map[K]*Counter[K]
	// lists has the counters by count, ascending; within a list in the order in
	// which they came to that count.
	lists []*countList[K]
}

type countList[K comparable] struct {
	count int64
	items []*Counter[K] // nil where one left
	first int           // the first that is not nil
	live  int
}

// NewFrequent returns an empty set of at most that many counters.
func NewFrequent[K comparable](capacity int) *Frequent[K] {
	return &Frequent[K]{capacity: capacity, of: map[K]*Counter[K]{}}
}

// Add takes in one occurrence.
func (f *Frequent[K]) Add(item K) {
	c := f.of[item]
	if c == nil {
		if len(f.of) < f.capacity {
			c = &Counter[K]{Item: item}
		} else {
			c = f.lists[0].oldest()
			delete(f.of, c.Item)
			c.Item = item
		}
		f.of[item] = c
	}
	f.raise(c)
}

func (l *countList[K]) oldest() *Counter[K] { return l.items[l.first] }

func (l *countList[K]) put(c *Counter[K]) {
	c.index = len(l.items)
	l.items = append(l.items, c)
	l.live++
}

func (l *countList[K]) take(c *Counter[K]) {
	l.items[c.index] = nil
	l.live--
	for l.first < len(l.items) && l.items[l.first] == nil {
		l.first++
	}
	if len(l.items) > 32 && l.live < len(l.items)/4 {
		l.items = slices.DeleteFunc(l.items, func(c *Counter[K]) bool { return c == nil })
		l.first = 0
		for i, c := range l.items {
			c.index = i
		}
	}
}

// raise moves a counter to the next count.
func (f *Frequent[K]) raise(c *Counter[K]) {
	at, next := 0, 0
	if c.Count > 0 {
		at, _ = slices.BinarySearchFunc(f.lists, c.Count, func(l *countList[K], n int64) int { return int(l.count - n) })
		l := f.lists[at]
		l.take(c)
		if next = at + 1; l.live == 0 {
			f.lists = slices.Delete(f.lists, at, at+1)
			next = at
		}
	}
	c.Count++
	if next == len(f.lists) || f.lists[next].count != c.Count {
		f.lists = slices.Insert(f.lists, next, &countList[K]{count: c.Count})
	}
	f.lists[next].put(c)
}

// Top lists the k greatest counters; of equal ones those that came to their count
// first.
func (f *Frequent[K]) Top(k int) []Counter[K] {
	var out []Counter[K]
	for i := len(f.lists) - 1; i >= 0; i-- {
		for _, c := range f.lists[i].items {
			if c == nil {
				continue
			}
			if len(out) == k {
				return out
			}
			out = append(out, *c)
		}
	}
	return out
}

// Size is about the number of bytes that the counters take.
func (f *Frequent[K]) Size() int64 { return 64 + 96*int64(len(f.of)) }

// State is the counters to the last bit, in an order from which FrequentOf makes
// them again; key writes an item.
func (f *Frequent[K]) State(key func(b []byte, item K) []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint64(nil, uint64(f.capacity))
	for _, l := range f.lists {
		for _, c := range l.items {
			if c != nil {
				b = le.AppendUint64(b, uint64(c.Count))
				k := key(nil, c.Item)
				b = le.AppendUint32(b, uint32(len(k)))
				b = append(b, k...)
			}
		}
	}
	return b
}

// FrequentOf reads a State; item reads what key wrote.
func FrequentOf[K comparable](b []byte, item func(b []byte) K) (*Frequent[K], error) {
	le := binary.LittleEndian
	if len(b) < 8 {
		return nil, errState
	}
	f := NewFrequent[K](int(le.Uint64(b)))
	for b = b[8:]; len(b) > 0; {
		if len(b) < 12 || len(b) < 12+int(le.Uint32(b[8:])) {
			return nil, errState
		}
		n := int(le.Uint32(b[8:]))
		c := &Counter[K]{Item: item(b[12 : 12+n]), Count: int64(le.Uint64(b))}
		b = b[12+n:]
		f.of[c.Item] = c
		if k := len(f.lists); k == 0 || f.lists[k-1].count != c.Count {
			f.lists = append(f.lists, &countList[K]{count: c.Count})
		}
		f.lists[len(f.lists)-1].put(c)
	}
	return f, nil
}
