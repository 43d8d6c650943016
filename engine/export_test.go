package engine

// Larger makes tables look n times larger than they are, so that joins of small
// ones are reordered; the function that comes back undoes it.
func Larger(n float64) (undo func()) {
	larger = n
	return func() { larger = 1 }
}
