package engine

// Always has every join take another order or side than the written one, where it
// can; the function that comes back undoes it.
func Always() (undo func()) {
	always = true
	return func() { always = false }
}
