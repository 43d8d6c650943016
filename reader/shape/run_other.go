//go:build !amd64 || purego

package shape

func (s *Scanner) run() int { return s.runGo() }
