// The random source: splitmix64, written here so that an export of a given
// seed stays the same for ever, whatever Go's own generators become.

package gen

type rng struct{ state uint64 }

// newRand returns a source for one stream of one seed. Streams of neighbouring
// numbers are unrelated.
func newRand(seed, stream uint64) *rng {
	r := &rng{state: seed}
	r.state = r.next() ^ stream*0x9e3779b97f4a7c15
	r.next()
	return r
}

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n returns a number in [0, n).
func (r *rng) n(n int) int { return int(r.next() % uint64(n)) }

// one reports true once in n calls, on average.
func (r *rng) one(n int) bool { return r.n(n) == 0 }

// pick returns one of list.
func (r *rng) pick(list []string) string { return list[r.n(len(list))] }

// text returns length characters of alphabet.
func (r *rng) text(alphabet string, length int) string {
	b := make([]byte, length)
	for i := range b {
		b[i] = alphabet[r.n(len(alphabet))]
	}
	return string(b)
}
