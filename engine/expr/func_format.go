package expr

// format(): Java's Formatter over SQL values (FormatFunction in Trino's source;
// the rules are those of java.util.Formatter's documentation).

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

func init() {
	register("format(varchar, T)", func(a *Args, i int, out *page.Builder) error {
		f := formatter{format: a.str(0, i), row: a.Vecs[1], i: i}
		s, err := f.run()
		if err != nil {
			return err
		}
		out.StringNoCopy(s)
		return nil
	})
}

// formatter expands one format string over the fields of one row.
type formatter struct {
	format string
	row    *page.Vector
	i      int
	out    strings.Builder
	next   int // ordinary index
	last   int // of %<
}

// spec is one format specifier.
type spec struct {
	text  string // as written
	flags string
	width int // -1: none
	prec  int // -1: none
	conv  byte
	sub   byte // of t and T
}

func (s *spec) has(flag byte) bool { return strings.IndexByte(s.flags, flag) >= 0 }

// illegal words an IllegalFormatException as Trino does.
func (f *formatter) illegal(class, detail string) error {
	return invalidArgument("Invalid format string: %s (%s: %s)", f.format, class, detail)
}

func (f *formatter) run() (string, error) {
	s := f.format
	f.last = -1
	for {
		at := strings.IndexByte(s, '%')
		if at < 0 {
			f.out.WriteString(s)
			return f.out.String(), nil
		}
		f.out.WriteString(s[:at])
		n, err := f.specifier(s[at:])
		if err != nil {
			return "", err
		}
		s = s[at+n:]
	}
}

// specifier expands the specifier that s starts with and returns its length.
func (f *formatter) specifier(s string) (int, error) {
	sp := spec{width: -1, prec: -1}
	k := 1
	number := func() (int, bool) {
		from := k
		for k < len(s) && s[k] >= '0' && s[k] <= '9' {
			k++
		}
		v, err := strconv.Atoi(s[from:k])
		return v, err == nil
	}
	index := 0 // 0: ordinary, -1: the one before
	if v, ok := number(); ok && k < len(s) && s[k] == '$' && v > 0 {
		index = v
		k++
	} else {
		k = 1
	}
	if k < len(s) && s[k] == '<' {
		index = -1
		k++
	}
	for k < len(s) && strings.IndexByte("-#+ 0,(", s[k]) >= 0 {
		if sp.has(s[k]) {
			return 0, f.illegal("DuplicateFormatFlags", "Flags = '"+s[k:k+1]+"'")
		}
		sp.flags += s[k : k+1]
		k++
	}
	if v, ok := number(); ok {
		sp.width = v
	}
	if k < len(s) && s[k] == '.' {
		k++
		v, ok := number()
		if !ok {
			return 0, f.illegal("UnknownFormatConversion", "Conversion = '.'")
		}
		sp.prec = v
	}
	if k >= len(s) {
		return 0, f.illegal("UnknownFormatConversion", "Conversion = '%'")
	}
	sp.conv = s[k]
	k++
	if sp.conv == 't' || sp.conv == 'T' {
		if k >= len(s) {
			return 0, f.illegal("UnknownFormatConversion", "Conversion = '"+string(sp.conv)+"'")
		}
		sp.sub = s[k]
		k++
	}
	sp.text = s[:k]
	switch sp.conv {
	case '%':
		f.pad(&sp, "%")
		return k, nil
	case 'n':
		f.out.WriteByte('\n')
		return k, nil
	case 'b', 'B', 'h', 'H', 's', 'S', 'c', 'C', 'd', 'o', 'x', 'X', 'e', 'E', 'f', 'g', 'G', 'a', 'A', 't', 'T':
	default:
		r, _ := utf8.DecodeRuneInString(s[k-1:])
		return 0, f.illegal("UnknownFormatConversion", "Conversion = '"+string(r)+"'")
	}
	arg := index - 1
	switch index {
	case 0:
		arg = f.next
		f.next++
	case -1:
		arg = f.last
	}
	if arg < 0 || arg >= len(f.row.Children) {
		return 0, f.illegal("MissingFormatArgument", "Format specifier '"+sp.text+"'")
	}
	f.last = arg
	if (sp.has('-') || sp.has('0')) && sp.width < 0 {
		return 0, f.illegal("MissingFormatWidth", sp.text)
	}
	return k, f.value(&sp, f.row.Children[arg])
}

// pad writes text to the specifier's width.
func (f *formatter) pad(sp *spec, text string) {
	if sp.conv >= 'A' && sp.conv <= 'Z' {
		text = strings.ToUpper(text)
	}
	fill := strings.Repeat(" ", max(0, sp.width-utf8.RuneCountInString(text)))
	if sp.has('-') {
		f.out.WriteString(text + fill)
	} else {
		f.out.WriteString(fill + text)
	}
}

// javaClass is the class whose name Java's messages give for a type.
func javaClass(t types.Type) string {
	switch t.Kind {
	case types.KindBoolean:
		return "java.lang.Boolean"
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		return "java.lang.Long"
	case types.KindReal:
		return "java.lang.Float"
	case types.KindDouble:
		return "java.lang.Double"
	case types.KindDecimal:
		return "java.math.BigDecimal"
	case types.KindDate:
		return "java.time.LocalDate"
	case types.KindTime:
		return "java.time.LocalTime"
	case types.KindTimestamp:
		return "java.time.LocalDateTime"
	case types.KindTimestampTZ:
		return "java.time.ZonedDateTime"
	}
	return "java.lang.String"
}

func (f *formatter) value(sp *spec, v *page.Vector) error {
	null := v.IsNull(f.i)
	wrong := func() error {
		return f.illegal("IllegalFormatConversion", string(sp.conv|0x20)+" != "+javaClass(v.Type))
	}
	unsupported := func() error {
		return sqlerr.New(sqlerr.NotSupported, "format: conversion %s is not supported", sp.text)
	}
	switch sp.conv | 0x20 {
	case 'b':
		b := !null
		if b && v.Phys == page.PhysBool {
			b = v.Bools[f.i]
		}
		f.pad(sp, cut(strconv.FormatBool(b), sp.prec))
		return nil
	case 's':
		text := "null"
		if !null {
			var err error
			if text, err = f.text(v); err != nil {
				return err
			}
		}
		f.pad(sp, cut(text, sp.prec))
		return nil
	case 'h', 'a':
		if null {
			f.pad(sp, "null")
			return nil
		}
		return unsupported()
	}
	if null {
		f.pad(sp, cut("null", sp.prec))
		return nil
	}
	switch sp.conv | 0x20 {
	case 'c':
		return wrong()
	case 'd', 'o', 'x':
		if !v.Type.IsInteger() {
			return wrong()
		}
		if sp.prec >= 0 {
			return f.illegal("IllegalFormatPrecision", strconv.Itoa(sp.prec))
		}
		f.integer(sp, v.I64[f.i])
		return nil
	case 'e', 'f', 'g':
		switch v.Type.Kind {
		case types.KindReal, types.KindDouble:
			x := v.F64[f.i]
			if math.IsNaN(x) || math.IsInf(x, 0) {
				f.notFinite(sp, x)
				return nil
			}
			bits := 64
			if v.Type.Kind == types.KindReal {
				bits = 32
			}
			f.number(sp, parseDigits(strconv.FormatFloat(math.Abs(x), 'e', -1, bits)), math.Signbit(x))
		case types.KindDecimal:
			d := v.Int128At(f.i)
			f.number(sp, digitsOf(decimal.Append(nil, d, int(v.Type.S))), d.Sign() < 0)
		default:
			return wrong()
		}
		return nil
	case 't':
		if v.Type.Kind == types.KindTime {
			if _, err := roundedNanos(v.I64[f.i]); err != nil {
				return err
			}
		}
		text, ok := f.dateTime(sp, v)
		if !ok {
			return unsupported()
		}
		f.pad(sp, text)
		return nil
	}
	return unsupported()
}

func cut(s string, prec int) string {
	if prec < 0 {
		return s
	}
	for at := range s {
		if prec == 0 {
			return s[:at]
		}
		prec--
	}
	return s
}

// text is the value's toString in Java.
func (f *formatter) text(v *page.Vector) (string, error) {
	i := f.i
	switch v.Type.Kind {
	case types.KindBoolean:
		return strconv.FormatBool(v.Bools[i]), nil
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		return strconv.FormatInt(v.I64[i], 10), nil
	case types.KindReal:
		return javaFloat(v.F64[i], 32), nil
	case types.KindDouble:
		return javaFloat(v.F64[i], 64), nil
	case types.KindDecimal:
		return bigDecimalText(v.Int128At(i), int(v.Type.S)), nil
	case types.KindDate:
		return string(types.AppendDateResult(nil, v.I64[i])), nil
	case types.KindVarchar, types.KindJSON:
		return v.Str[i], nil
	case types.KindChar:
		return padded(v.Str[i], int(v.Type.P)), nil
	case types.KindTimestamp:
		micros, picos := timestampAt(v, i)
		if v.Type.P > 9 {
			micros, picos = types.RoundTimestamp(micros, picos, int(v.Type.P), 9)
		}
		return isoDateTime(string(types.AppendTimestamp(nil, micros, picos, 9))), nil
	case types.KindTime:
		nanos, err := roundedNanos(v.I64[i])
		if err != nil {
			return "", err
		}
		return isoTime(string(types.AppendTime(nil, nanos*1000, 9))), nil
	case types.KindTimeTZ:
		return string(types.AppendTimeTZ(nil, v.TimeTZ[f.i], int(v.Type.P))), nil
	case types.KindTimestampTZ:
		at9 := types.RoundInstant(v.TZ[i], types.MaxTemporalPrecision, 9)
		text := string(types.AppendTimestampTZ(nil, at9, 9))
		at := strings.LastIndexByte(text, ' ')
		zone := at9.Zone
		offset := zone.OffsetAt(types.FloorDiv(at9.Millis, 1000))
		suffix := isoOffset(offset)
		if _, fixed := zone.FixedOffset(); !fixed || zone == 0 {
			suffix += "[" + text[at+1:] + "]"
		}
		return isoDateTime(text[:at]) + suffix, nil
	}
	return "", sqlerr.New(sqlerr.NotSupported, "format: values of type %s are not supported", v.Type)
}

func isoOffset(seconds int) string {
	if seconds == 0 {
		return "Z"
	}
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	two := func(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	s := string(sign) + two(seconds/3600) + ":" + two(seconds/60%60)
	if seconds%60 != 0 {
		s += ":" + two(seconds%60)
	}
	return s
}

// isoDateTime is LocalDateTime.toString of "date time.nnnnnnnnn".
func isoDateTime(s string) string {
	date, clock, _ := strings.Cut(s, " ")
	return date + "T" + isoTime(clock)
}

// isoTime leaves out a zero fraction, and zero seconds with it; else the
// fraction has 3, 6 or 9 digits.
func isoTime(s string) string {
	clock, fraction, _ := strings.Cut(s, ".")
	switch {
	case fraction == "000000000":
		return strings.TrimSuffix(clock, ":00")
	case strings.HasSuffix(fraction, "000000"):
		fraction = fraction[:3]
	case strings.HasSuffix(fraction, "000"):
		fraction = fraction[:6]
	}
	return clock + "." + fraction
}

// bigDecimalText is BigDecimal.toString: with an exponent where the adjusted one
// is below -6.
func bigDecimalText(d decimal.Int128, scale int) string {
	plain := string(decimal.Append(nil, d, scale))
	digits := strings.TrimPrefix(d.Big().String(), "-")
	adjusted := len(digits) - 1 - scale
	if scale == 0 || adjusted >= -6 {
		return plain
	}
	text := digits[:1]
	if len(digits) > 1 {
		text += "." + digits[1:]
	}
	if d.Sign() < 0 {
		text = "-" + text
	}
	return text + "E" + strconv.Itoa(adjusted)
}

func (f *formatter) integer(sp *spec, x int64) {
	neg := x < 0
	var digits, prefix string
	switch sp.conv | 0x20 {
	case 'd':
		digits = new(big.Int).Abs(big.NewInt(x)).String()
	case 'o':
		digits = strconv.FormatUint(uint64(x), 8)
		neg = false
		if sp.has('#') {
			prefix = "0"
		}
	case 'x':
		digits = strconv.FormatUint(uint64(x), 16)
		neg = false
		if sp.has('#') {
			prefix = "0x"
		}
	}
	f.signed(sp, prefix, digits, neg)
}

func (f *formatter) notFinite(sp *spec, x float64) {
	text := "NaN"
	if !math.IsNaN(x) {
		text = "Infinity"
	}
	plain := *sp
	plain.flags = strings.ReplaceAll(sp.flags, "0", "")
	if math.IsInf(x, -1) {
		if sp.has('(') {
			text = "(" + text + ")"
		} else {
			text = "-" + text
		}
	} else if math.IsInf(x, 1) {
		if sp.has('+') {
			text = "+" + text
		} else if sp.has(' ') {
			text = " " + text
		}
	}
	f.pad(&plain, text)
}

// signed writes digits with sign, grouping and zero padding.
func (f *formatter) signed(sp *spec, prefix, digits string, neg bool) {
	if sp.has(',') {
		whole, rest := digits, ""
		if at := strings.IndexAny(digits, ".eE"); at >= 0 {
			whole, rest = digits[:at], digits[at:]
		}
		var b strings.Builder
		for k, c := range whole {
			if k > 0 && (len(whole)-k)%3 == 0 {
				b.WriteByte(',')
			}
			b.WriteRune(c)
		}
		digits = b.String() + rest
	}
	open, end := prefix, ""
	switch {
	case neg && sp.has('('):
		open, end = "("+prefix, ")"
	case neg:
		open = "-" + prefix
	case sp.has('+'):
		open = "+" + prefix
	case sp.has(' '):
		open = " " + prefix
	}
	if sp.has('0') {
		digits = strings.Repeat("0", max(0, sp.width-len(open)-len(digits)-len(end))) + digits
	}
	f.pad(sp, open+digits+end)
}

// number is a positive decimal number: 0.DIGITS times ten to the exponent.
type number struct {
	digits string // without leading zeros; empty is zero
	exp    int
}

// parseDigits reads strconv's d.ddde±xx.
func parseDigits(s string) number {
	mantissa, exp, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exp)
	return normal(strings.ReplaceAll(mantissa, ".", ""), e+1)
}

// digitsOf reads plain decimal text.
func digitsOf(text []byte) number {
	s := strings.TrimPrefix(string(text), "-")
	whole, fraction, _ := strings.Cut(s, ".")
	return normal(whole+fraction, len(whole))
}

func normal(digits string, exp int) number {
	trimmed := strings.TrimLeft(digits, "0")
	return number{trimmed, exp - (len(digits) - len(trimmed))}
}

// rounded cuts to n digits behind digit position 0 (n may be negative), half up.
func (d number) rounded(n int) number {
	if n >= len(d.digits) {
		return d
	}
	if n < 0 || d.digits == "" {
		return number{"", 0}
	}
	up := d.digits[n] >= '5'
	kept := d.digits[:n]
	if !up {
		return number{kept, d.exp}
	}
	b := []byte("0" + kept)
	for k := len(b) - 1; ; k-- {
		if b[k]++; b[k] <= '9' {
			break
		}
		b[k] = '0'
	}
	if b[0] != '0' {
		return number{string(b), d.exp + 1}
	}
	return number{string(b[1:]), d.exp}
}

// fixed is the number with n decimals.
func (d number) fixed(n int) string {
	r := d.rounded(d.exp + n)
	whole, fraction := "0", ""
	if r.digits != "" {
		padded := r.digits + strings.Repeat("0", max(0, r.exp+n-len(r.digits)))
		if r.exp > 0 {
			whole, fraction = padded[:r.exp], padded[r.exp:]
		} else {
			fraction = strings.Repeat("0", min(n, -r.exp)) + padded
		}
	}
	fraction += strings.Repeat("0", max(0, n-len(fraction)))
	if n == 0 {
		return whole
	}
	return whole + "." + fraction[:n]
}

// scientific is d.ddde±xx with n decimals.
func (d number) scientific(n int) string {
	r := d.rounded(n + 1)
	digits, exp := r.digits, r.exp-1
	if digits == "" {
		digits, exp = "0", 0
	}
	digits += strings.Repeat("0", max(0, n+1-len(digits)))
	s := digits[:1]
	if n > 0 {
		s += "." + digits[1:n+1]
	}
	sign := "+"
	if exp < 0 {
		sign, exp = "-", -exp
	}
	e := strconv.Itoa(exp)
	if len(e) < 2 {
		e = "0" + e
	}
	return s + "e" + sign + e
}

func (f *formatter) number(sp *spec, d number, neg bool) {
	prec := sp.prec
	if prec < 0 {
		prec = 6
	}
	var text string
	switch sp.conv | 0x20 {
	case 'e':
		text = d.scientific(prec)
	case 'f':
		text = d.fixed(prec)
	case 'g':
		prec = max(prec, 1)
		r := d.rounded(prec)
		if r.digits == "" || r.exp > -4 && r.exp <= prec {
			exp := r.exp
			if r.digits == "" {
				exp = 1
			}
			text = d.fixed(max(0, prec-exp))
		} else {
			text = d.scientific(prec - 1)
		}
	}
	if sp.has('#') && !strings.Contains(text, ".") {
		text += "."
	}
	f.signed(sp, "", text, neg)
}

// roundedNanos rounds a time of day to the nanoseconds that Java's LocalTime
// holds, which has none for the midnight after.
func roundedNanos(picos int64) (int64, error) {
	picos = types.RoundTo(picos, 3)
	if picos == types.PicosPerDay {
		return 0, sqlerr.New(sqlerr.GenericInternalError, "Invalid value for NanoOfDay (valid values 0 - 86399999999999): 86400000000000")
	}
	return picos / 1000, nil
}

// dateTime expands %t and %T; ok is false for what is not done.
func (f *formatter) dateTime(sp *spec, v *page.Vector) (string, bool) {
	var days, nanos int64 // of the wall clock
	hasDate, hasTime := true, true
	i := f.i
	switch v.Type.Kind {
	case types.KindDate:
		days, hasTime = v.I64[i], false
	case types.KindTime:
		nanos, _ = roundedNanos(v.I64[i]) // checked by the caller
		hasDate = false
	case types.KindTimestamp:
		micros, picos := timestampAt(v, i)
		micros, picos = types.RoundTimestamp(micros, picos, int(v.Type.P), 9)
		days = types.FloorDiv(micros, 86_400_000_000)
		nanos = (micros-days*86_400_000_000)*1000 + int64(picos)/1000
	case types.KindTimestampTZ:
		at9 := types.RoundInstant(v.TZ[i], types.MaxTemporalPrecision, 9)
		days = at9.LocalDays()
		nanos = at9.LocalPicosOfDay() / 1000
	default:
		return "", false
	}
	y, m, d := types.Civil(days)
	sec := nanos / 1_000_000_000
	hour, minute, second := int(sec/3600), int(sec/60%60), int(sec%60)
	pad := func(n, width int) string {
		s := strconv.Itoa(n)
		return strings.Repeat("0", max(0, width-len(s))) + s
	}
	hour12 := (hour+11)%12 + 1
	clock := pad(hour, 2) + ":" + pad(minute, 2) + ":" + pad(second, 2)
	half := "am"
	if hour >= 12 {
		half = "pm"
	}
	if strings.IndexByte("HIklMSLNpRTrzZsQc", sp.sub) >= 0 && !hasTime ||
		strings.IndexByte("BbhAaCYyjmdeDFcsQ", sp.sub) >= 0 && !hasDate {
		return "", false
	}
	switch sp.sub {
	case 'H':
		return pad(hour, 2), true
	case 'I':
		return pad(hour12, 2), true
	case 'k':
		return strconv.Itoa(hour), true
	case 'l':
		return strconv.Itoa(hour12), true
	case 'M':
		return pad(minute, 2), true
	case 'S':
		return pad(second, 2), true
	case 'L':
		return pad(int(nanos%1_000_000_000/1_000_000), 3), true
	case 'N':
		return pad(int(nanos%1_000_000_000), 9), true
	case 'p':
		return half, true
	case 'R':
		return clock[:5], true
	case 'T':
		return clock, true
	case 'r':
		return pad(hour12, 2) + clock[2:] + " " + strings.ToUpper(half), true
	case 'B':
		return monthNames[m-1], true
	case 'b', 'h':
		return monthNames[m-1][:3], true
	case 'A':
		return dayNames[types.DayOfWeek(days)-1], true
	case 'a':
		return dayNames[types.DayOfWeek(days)-1][:3], true
	case 'C':
		return pad(y/100, 2), true
	case 'Y':
		return pad(y, 4), true
	case 'y':
		return pad(y%100, 2), true
	case 'j':
		return pad(types.DayOfYear(days), 3), true
	case 'm':
		return pad(m, 2), true
	case 'd':
		return pad(d, 2), true
	case 'e':
		return strconv.Itoa(d), true
	case 'D':
		return pad(m, 2) + "/" + pad(d, 2) + "/" + pad(y%100, 2), true
	case 'F':
		return pad(y, 4) + "-" + pad(m, 2) + "-" + pad(d, 2), true
	}
	return "", false
}

var monthNames = [...]string{
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December",
}

var dayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
