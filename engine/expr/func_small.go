package expr

// Bodies of small families: colours for terminals (ColorFunctions in Trino's source;
// its conversions between RGB and HSB are java.awt.Color's, in float), format_number,
// Teradata's functions, great_circle_distance.

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

const (
	ansiReset = "\x1b[0m"
	red       = 0xFF0000
	green     = 0x00FF00
)

// javaInt is Java's (int) of a double or a float.
func javaInt(x float64) int64 { return max(math.MinInt32, min(math.MaxInt32, truncateToLong(x))) }

// hsb is Color.RGBtoHSB.
func hsb(c int64) (h, s, b float32) {
	r, g, bl := c>>16&255, c>>8&255, c&255
	most, least := max(r, g, bl), min(r, g, bl)
	b = float32(most) / 255
	if most == 0 || most == least {
		return 0, 0, b
	}
	span := float32(most - least)
	s = span / float32(most)
	rc, gc, bc := float32(most-r)/span, float32(most-g)/span, float32(most-bl)/span
	switch most {
	case r:
		h = bc - gc
	case g:
		h = 2 + rc - bc
	default:
		h = 4 + gc - rc
	}
	if h /= 6; h < 0 {
		h++
	}
	return h, s, b
}

// rgbOf is Color.HSBtoRGB. The conversions keep Go from fusing what Java does not.
func rgbOf(h, s, b float32) int64 {
	level := func(x float32) int64 { return javaInt(float64(float32(x*255) + 0.5)) }
	if s == 0 {
		return level(b) * 0x010101
	}
	floor := func(x float32) float32 { return float32(math.Floor(float64(x))) }
	h = (h - floor(h)) * 6
	f := h - floor(h)
	p := b * (1 - s)
	q := b * (1 - float32(s*f))
	t := b * (1 - float32(s*(1-f)))
	of := func(r, g, b float32) int64 { return level(r)<<16 | level(g)<<8 | level(b) }
	switch javaInt(float64(h)) {
	case 0:
		return of(b, t, p)
	case 1:
		return of(q, b, p)
	case 2:
		return of(p, b, t)
	case 3:
		return of(p, q, b)
	case 4:
		return of(t, p, b)
	}
	return of(b, p, q)
}

// between gives a colour at a fraction of the way from low to high.
func between(fraction float32, low, high int64) (int64, error) {
	if low < 0 || high < 0 {
		return 0, invalidArgument("color is not a valid rgb value")
	}
	lh, ls, lb := hsb(low)
	hh, hs, hb := hsb(high)
	at := func(a, b float32) float32 { return float32(fraction*(b-a)) + a }
	return rgbOf(at(lh, hh), at(ls, hs), at(lb, hb)) & 0xFFFFFF, nil
}

// scaled is the colour for a fraction that may be out of bounds.
func scaled(fraction float64, low, high int64) (int64, error) {
	switch {
	case low < 0:
		return 0, invalidArgument("lowColor not a valid RGB color")
	case high < 0:
		return 0, invalidArgument("highColor not a valid RGB color")
	}
	if !math.IsNaN(fraction) { // Java's min and max keep it
		fraction = max(0, min(1, fraction))
	}
	return between(float32(fraction), low, high)
}

func appendANSI(b []byte, c int64) []byte {
	n := -c - 1
	if c >= 0 {
		n = 16 + (c>>16&255)*6/256*36 + (c>>8&255)*6/256*6 + (c&255)*6/256
	}
	return append(strconv.AppendInt(append(b, "\x1b[38;5;"...), n, 10), 'm')
}

func colored(s string, c int64) string {
	return string(append(append(appendANSI(nil, c), s...), ansiReset...))
}

// namedColor reads #rgb, or a name.
func namedColor(s string) (int64, error) {
	if len(s) == 4 && s[0] == '#' {
		if x, err := strconv.ParseUint(s[1:], 16, 12); err == nil {
			return int64(x>>8*0x11<<16 | x>>4&15*0x11<<8 | x&15*0x11), nil
		}
	}
	if k := slices.Index(types.SystemColors[:], strings.ToLower(s)); k >= 0 {
		return int64(-(k + 1)), nil
	}
	return 0, invalidArgument("Invalid color: '%s'", s)
}

func bar(fraction float64, width, low, high int64) (string, error) {
	count := max(0, min(width, javaInt(fraction*float64(width))))
	var b []byte
	for k := range count {
		c, err := between(float32(float64(k)/float64(width-1)), low, high)
		if err != nil {
			return "", err
		}
		b = append(appendANSI(b, c), "\u2588"...)
	}
	b = append(b, ansiReset...)
	for k := count; k < width; k++ {
		b = append(b, ' ')
	}
	return string(b), nil
}

// formatNumber cuts a number to three digits and a unit (FormatNumberFunction). Of a
// negative one two decimals are kept, whatever its size.
func formatNumber(n int64) string {
	x, unit := float64(n), ""
	for _, u := range []string{"K", "M", "B", "T", "Q"} {
		if x < 1000 && x > -1000 {
			break
		}
		x, unit = x/1000, u
	}
	places := 2
	switch {
	case x >= 100:
		places = 0
	case x >= 10:
		places = 1
	}
	// DecimalFormat rounds the exact value of the double, half up.
	s := digitsOf(strconv.AppendFloat(nil, math.Abs(x), 'f', 60, 64)).fixed(places)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if x < 0 {
		s = "-" + s
	}
	return s + unit
}

func char2hexint(s string) string {
	const hex = "0123456789ABCDEF"
	var b []byte
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		for _, u := range utf16.AppendRune(nil, r) {
			b = append(b, hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15])
		}
	}
	return string(b)
}

// earthRadius is Trino's, in kilometres.
const earthRadius = 6371.01

func greatCircle(lat1, lon1, lat2, lon2 float64) (float64, error) {
	for k, x := range []float64{lat1, lon1, lat2, lon2} {
		if k%2 == 0 && !(math.Abs(x) <= 90) {
			return 0, invalidArgument("Latitude must be between -90 and 90")
		}
		if k%2 == 1 && !(math.Abs(x) <= 180) {
			return 0, invalidArgument("Longitude must be between -180 and 180")
		}
	}
	radians := func(x float64) float64 { return x * (math.Pi / 180) }
	sin1, cos1 := math.Sincos(radians(lat1))
	sin2, cos2 := math.Sincos(radians(lat2))
	sinD, cosD := math.Sincos(radians(lon1) - radians(lon2))
	t1 := cos2 * sinD
	t2 := float64(cos1*sin2) - float64(float64(sin1*cos2)*cosD)
	t3 := float64(sin1*sin2) + float64(float64(cos1*cos2)*cosD)
	return math.Atan2(math.Sqrt(float64(t1*t1)+float64(t2*t2)), t3) * earthRadius, nil
}

func init() {
	color := func(f func(a *Args, i int) (int64, error)) RowFunc {
		return func(a *Args, i int, out *page.Builder) error {
			c, err := f(a, i)
			if err == nil {
				out.Int64(c)
			}
			return err
		}
	}
	text := func(f func(a *Args, i int) (string, error)) RowFunc {
		return func(a *Args, i int, out *page.Builder) error {
			s, err := f(a, i)
			if err == nil {
				out.StringNoCopy(s)
			}
			return err
		}
	}
	register("color(varchar(x))", color(func(a *Args, i int) (int64, error) { return namedColor(a.str(0, i)) }))
	register("color(double, color, color)", color(func(a *Args, i int) (int64, error) { return scaled(a.f64(0, i), a.i64(1, i), a.i64(2, i)) }))
	register("color(double, double, double, color, color)", color(func(a *Args, i int) (int64, error) {
		return scaled((a.f64(0, i)-a.f64(1, i))/(a.f64(2, i)-a.f64(1, i)), a.i64(3, i), a.i64(4, i))
	}))
	register("rgb(bigint, bigint, bigint)", color(func(a *Args, i int) (int64, error) {
		for k, name := range []string{"red", "green", "blue"} {
			if x := a.i64(k, i); x < 0 || x > 255 {
				return 0, invalidArgument("%s must be between 0 and 255", name)
			}
		}
		return a.i64(0, i)<<16 | a.i64(1, i)<<8 | a.i64(2, i), nil
	}))
	register("render(varchar(x), color)", text(func(a *Args, i int) (string, error) { return colored(a.str(0, i), a.i64(1, i)), nil }))
	register("render(bigint, color)", text(func(a *Args, i int) (string, error) {
		return colored(strconv.FormatInt(a.i64(0, i), 10), a.i64(1, i)), nil
	}))
	register("render(double, color)", text(func(a *Args, i int) (string, error) { return colored(javaFloat(a.f64(0, i), 64), a.i64(1, i)), nil }))
	register("render(boolean)", text(func(a *Args, i int) (string, error) {
		if a.Vecs[0].Bools[i] {
			return colored("\u2713", -3), nil // green
		}
		return colored("\u2717", -2), nil // red
	}))
	register("bar(double, bigint)", text(func(a *Args, i int) (string, error) { return bar(a.f64(0, i), a.i64(1, i), red, green) }))
	register("bar(double, bigint, color, color)", text(func(a *Args, i int) (string, error) {
		return bar(a.f64(0, i), a.i64(1, i), a.i64(2, i), a.i64(3, i))
	}))

	register("format_number(bigint)", text(func(a *Args, i int) (string, error) { return formatNumber(a.i64(0, i)), nil }))
	register("format_number(double)", text(func(a *Args, i int) (string, error) { return formatNumber(truncateToLong(a.f64(0, i))), nil }))

	register("index(varchar, varchar)", func(a *Args, i int, out *page.Builder) error {
		out.Int64(position(a.str(0, i), a.str(1, i), 1))
		return nil
	})
	register("char2hexint(varchar)", text(func(a *Args, i int) (string, error) { return char2hexint(a.str(0, i)), nil }))
	register("to_char(timestamp(p) with time zone, varchar)", func(a *Args, i int, out *page.Builder) error {
		f, err := a.compiled(a.str(1, i), types.CompileTeradata)
		if err != nil {
			return err
		}
		t := a.instant(0, i)
		s, err := f.AppendInstant(nil, t.Millis, t.Zone)
		if err != nil {
			return temporalError(err)
		}
		out.Bytes(s)
		return nil
	})
	millis := func(a *Args, i int) (int64, error) {
		f, err := a.compiled(a.str(1, i), types.CompileTeradata)
		if err != nil {
			return 0, err
		}
		ms, err := f.ParseMillis(a.str(0, i))
		if err != nil {
			return 0, temporalError(err)
		}
		return ms, nil
	}
	register("to_date(varchar, varchar)", func(a *Args, i int, out *page.Builder) error {
		ms, err := millis(a, i)
		if err == nil {
			out.Int64(ms / types.MillisPerDay) // towards zero
		}
		return err
	})
	register("to_timestamp(varchar, varchar)", func(a *Args, i int, out *page.Builder) error {
		ms, err := millis(a, i)
		if err == nil {
			out.Int64(ms * types.MicrosPerMilli)
		}
		return err
	})

	register("great_circle_distance(double, double, double, double)", func(a *Args, i int, out *page.Builder) error {
		d, err := greatCircle(a.f64(0, i), a.f64(1, i), a.f64(2, i), a.f64(3, i))
		if err == nil {
			out.Float64(d)
		}
		return err
	})
}
