package main

// What was measured, as a table in Markdown and as an SVG of four log-log panels.

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

func (s *scale) table() string {
	var b strings.Builder
	b.WriteString("| step | x | Ion MB | rows | CPU s | CPU ns a row | MB/s of CPU | wall s | peak MB |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, p := range s.points {
		rate, per := "-", "-"
		if p.CPU > 0 {
			rate, per = fmt.Sprintf("%.0f", p.MB/p.CPU), fmt.Sprintf("%.0f", p.CPU*1e9/float64(p.Rows))
		}
		fmt.Fprintf(&b, "| %s | %.0f | %.0f | %d | %.2f | %s | %s | %.3f | %.0f |\n", p.Series, p.X, p.MB, p.Rows, p.CPU, per, rate, p.Wall, p.Peak)
	}
	return b.String()
}

// panel is one plot: a step of the measurements, CPU seconds over x.
type panel struct{ step, title, x string }

var panels = []panel{
	{"bytes", "bytes: 100 MB to 20 GB", "MB of Ion"},
	{"groups", "groups: the same 10.6 million rows", "groups"},
	{"files", "files: the same million rows", "data files"},
	{"columns", "columns: the same million wide items", "columns read"},
}

const (
	panelWide, panelHigh = 460, 330
	left, right          = 56, 24
	top, bottom          = 34, 46
)

var colours = []string{"#1f6fb4", "#d1495b", "#2e8b57", "#8d5fd3", "#c77d0a", "#5b6770", "#1aa6a6", "#a34a8d", "#7a7a00", "#444444"}

// draw is deterministic: the same measurements give the same bytes.
func (s *scale) draw() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n", 2*panelWide, 2*panelHigh)
	b.WriteString("<title>CPU seconds of queries over exports as they grow, log-log</title>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="white"/>`+"\n", 2*panelWide, 2*panelHigh)
	for i, p := range panels {
		fmt.Fprintf(&b, `<g transform="translate(%d,%d)">`+"\n", i%2*panelWide, i/2*panelHigh)
		p.draw(&b, s.points)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func (p panel) draw(b *bytes.Buffer, all []point) {
	fmt.Fprintf(b, `<text x="%d" y="20" font-size="13" font-weight="bold">%s</text>`+"\n", left, p.title)
	var names []string
	xlo, xhi, ylo, yhi := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, q := range all {
		if step, name, _ := strings.Cut(q.Series, "/"); step == p.step && q.CPU > 0 {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			xlo, xhi, ylo, yhi = min(xlo, q.X), max(xhi, q.X), min(ylo, q.CPU), max(yhi, q.CPU)
		}
	}
	if len(names) == 0 {
		fmt.Fprintf(b, `<text x="%d" y="%d">not measured</text>`+"\n", left, panelHigh/2)
		return
	}
	// Whole decades, at least one.
	x0, x1 := math.Floor(math.Log10(xlo)+1e-9), math.Ceil(math.Log10(xhi)-1e-9)
	y0, y1 := math.Floor(math.Log10(ylo)+1e-9), math.Ceil(math.Log10(yhi)-1e-9)
	x1, y1 = max(x1, x0+1), max(y1, y0+1)
	if len(names) > 6 {
		y1++ // room for the names
	}
	px := func(v float64) float64 { return left + (math.Log10(v)-x0)/(x1-x0)*(panelWide-left-right) }
	py := func(v float64) float64 { return panelHigh - bottom - (math.Log10(v)-y0)/(y1-y0)*(panelHigh-top-bottom) }
	for d := x0; d <= x1; d++ {
		for m := 1; m < 10; m++ {
			v := float64(m) * math.Pow(10, d)
			if math.Log10(v) > x1+1e-9 {
				break
			}
			colour := "#eeeeee"
			if m == 1 {
				colour = "#bbbbbb"
				fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", px(v), panelHigh-bottom+15, spell(v))
			}
			fmt.Fprintf(b, `<path d="M%.1f %dV%d" stroke="%s"/>`+"\n", px(v), top, panelHigh-bottom, colour)
		}
	}
	for d := y0; d <= y1; d++ {
		for m := 1; m < 10; m++ {
			v := float64(m) * math.Pow(10, d)
			if math.Log10(v) > y1+1e-9 {
				break
			}
			colour := "#eeeeee"
			if m == 1 {
				colour = "#bbbbbb"
				fmt.Fprintf(b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left-5, py(v)+4, spell(v))
			}
			fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="%s"/>`+"\n", left, py(v), panelWide-right, colour)
		}
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (panelWide+left)/2, panelHigh-bottom+32, p.x)
	fmt.Fprintf(b, `<text transform="translate(13,%d) rotate(-90)" text-anchor="middle">CPU seconds</text>`+"\n", (panelHigh-bottom+top)/2)
	for i, name := range names {
		colour := colours[i%len(colours)]
		var path strings.Builder
		for _, q := range all {
			if q.Series != p.step+"/"+name || q.CPU <= 0 {
				continue
			}
			fmt.Fprintf(&path, "%c%.1f %.1f", map[bool]rune{true: 'M', false: 'L'}[path.Len() == 0], px(q.X), py(q.CPU))
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="2.6" fill="%s"/>`+"\n", px(q.X), py(q.CPU), colour)
		}
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", path.String(), colour)
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", left+8, top+14+13*i, colour, name)
	}
}

// spell writes a power of ten as people do.
func spell(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.0f M", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.0f k", v/1e3)
	case v >= 1:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%g", v)
	}
}
