//go:build amd64 && !purego

package clock

import "golang.org/x/sys/cpu"

var hasVectors = cpu.X86.HasAVX2

// vectorTexts is Texts that may leave any text to others.
func (p *Parser) vectorTexts(dst []int64, texts []string) int {
	if !hasVectors || p.form.size == 0 || len(texts) == 0 {
		return 0
	}
	return textsAVX2(&p.form, &dst[0], &texts[0], len(texts))
}

// vectorPlaces is Places that may leave any row to others.
func (p *Parser) vectorPlaces(dst []int64, b []byte, at, till, rows []int32, k int) int {
	if !hasVectors || p.form.size == 0 || k >= len(rows) {
		return k
	}
	return placesAVX2(&p.form, &dst[0], &b[0], &at[0], &till[0], &rows[0], k, len(rows))
}

//go:noescape
func textsAVX2(f *form, dst *int64, texts *string, n int) int

// placesAVX2 trusts the places of the rows.
//
//go:noescape
func placesAVX2(f *form, dst *int64, b *byte, at, till, rows *int32, k, n int) int
