package types

// Coercion: which type two types share, what converts without being asked, and
// what a CAST may convert. The rules are those of Trino's TypeCoercion (implicit
// ones) and of its cast operators (explicit ones); semantics 5.7.

// MaxCharLength is the greatest length of char(n) (Trino's CharType).
const MaxCharLength = 65536

// Common returns the type that both a and b convert to without loss of meaning,
// and whether there is one. It is not always a or b: decimal(3,2) and integer
// meet in decimal(12,2).
func Common(a, b Type) (Type, bool) {
	t, _, ok := compatibility(a, b)
	return t, ok
}

// CanCoerce reports whether a value of type from becomes one of type to without
// a CAST being written.
func CanCoerce(from, to Type) bool {
	_, coercible, ok := compatibility(from, to)
	return ok && coercible
}

// compatibility returns the common type of from and to, and whether from
// converts to to itself.
func compatibility(from, to Type) (common Type, coercible, ok bool) {
	switch {
	case from == to, from.Kind == KindUnknown:
		return to, true, true
	case to.Kind == KindUnknown:
		return from, false, true
	}
	if from.Kind == to.Kind {
		var t Type
		switch from.Kind {
		case KindDecimal:
			t = commonDecimal(from, to)
		case KindVarchar, KindChar, KindTime, KindTimeTZ, KindTimestamp, KindTimestampTZ:
			t = from
			t.P = max(from.P, to.P)
		case KindRow:
			return commonRow(from, to)
		case KindArray, KindMap:
			return commonFields(from, to)
		default:
			return Type{}, false, false
		}
		return t, t == to, true
	}
	if t, ok := CoerceBase(from, to.Kind); ok {
		return compatibility(t, to)
	}
	if t, ok := CoerceBase(to, from.Kind); ok {
		common, _, ok = compatibility(from, t)
		return common, false, ok
	}
	return Type{}, false, false
}

// commonDecimal keeps all digits of both sides as far as 38 allow; where they do
// not, digits before the point give way and the cast checks.
func commonDecimal(a, b Type) Type {
	s := max(a.S, b.S)
	return Decimal(int(min(38, max(a.P-a.S, b.P-b.S)+s)), int(s))
}

func commonRow(a, b Type) (Type, bool, bool) {
	af, bf := a.Fields(), b.Fields()
	if len(af) != len(bf) {
		return Type{}, false, false
	}
	fields := make([]Field, len(af))
	coercible := true
	for i := range af {
		t, c, ok := compatibility(af[i].Type, bf[i].Type)
		if !ok {
			return Type{}, false, false
		}
		coercible = coercible && c
		fields[i].Type = t
		if af[i].Name == bf[i].Name {
			fields[i].Name = af[i].Name
		}
	}
	return Row(fields...), coercible, true
}

func commonFields(a, b Type) (Type, bool, bool) {
	af, bf := a.Fields(), b.Fields()
	fields := make([]Type, len(af))
	coercible := true
	for i := range af {
		t, c, ok := compatibility(af[i].Type, bf[i].Type)
		if !ok {
			return Type{}, false, false
		}
		coercible = coercible && c
		fields[i] = t
	}
	if a.Kind == KindArray {
		return Array(fields[0]), coercible, true
	}
	return Map(fields[0], fields[1]), coercible, true
}

// CoerceBase returns what t becomes when a type of kind k is wanted, with the
// narrowest parameters that hold every value of t: integer becomes
// decimal(10,0). The hand-written rules of implicit conversion all stand here.
func CoerceBase(t Type, k Kind) (Type, bool) {
	if t.Kind == k {
		return t, true
	}
	switch t.Kind {
	case KindUnknown:
		return unknownAs(k)
	case KindTinyint, KindSmallint, KindInteger, KindBigint:
		switch k {
		case KindSmallint, KindInteger, KindBigint:
			if k > t.Kind {
				return Type{Kind: k}, true
			}
		case KindReal, KindDouble:
			return Type{Kind: k}, true
		case KindDecimal:
			return Decimal(integerDigits(t.Kind), 0), true
		}
	case KindDecimal:
		if k == KindReal || k == KindDouble {
			return Type{Kind: k}, true
		}
	case KindReal:
		if k == KindDouble {
			return Double, true
		}
	case KindDate:
		if k == KindTimestamp || k == KindTimestampTZ {
			return Type{Kind: k}, true
		}
	case KindTime:
		if k == KindTimeTZ {
			return TimeTZ(int(t.P)), true
		}
	case KindTimestamp:
		if k == KindTimestampTZ {
			return TimestampTZ(int(t.P)), true
		}
	case KindVarchar:
		// The other way round there is no coercion: 'abc' meets a char(5) column
		// as char, padded.
		switch k {
		case KindChar:
			return CharN(int(min(MaxCharLength, t.P))), true
		case KindJSONPath:
			return JSONPath, true
		}
	case KindChar:
		if k == KindJSONPath {
			return JSONPath, true
		}
	case KindP4HyperLogLog:
		if k == KindHyperLogLog {
			return HyperLogLog, true
		}
	}
	return Type{}, false
}

// integerDigits is the precision of the decimal that holds every value of an
// integer type (semantics 5.4).
func integerDigits(k Kind) int {
	switch k {
	case KindTinyint:
		return 3
	case KindSmallint:
		return 5
	case KindInteger:
		return 10
	}
	return 19
}

// unknownAs is the type that NULL takes where kind k is wanted.
func unknownAs(k Kind) (Type, bool) {
	switch k {
	case KindTinyint, KindSmallint, KindArray, KindMap, KindRow, KindFunction, KindUUID, KindIPAddress, KindTDigest, KindQDigest:
		return Type{}, false
	case KindVarchar:
		return VarcharN(0), true
	case KindChar:
		return CharN(0), true
	case KindDecimal:
		return Decimal(1, 0), true
	case KindTime, KindTimeTZ, KindTimestamp, KindTimestampTZ:
		return Type{Kind: k, P: 3}, true
	}
	return Type{Kind: k}, true
}

// kindSet is a set of kinds.
type kindSet uint64

func kinds(ks ...Kind) (s kindSet) {
	for _, k := range ks {
		s |= 1 << k
	}
	return s
}

func (s kindSet) has(k Kind) bool { return s>>k&1 == 1 }

// casts tells, for each kind, the kinds that CAST converts it to: Trino's cast
// operators. What every kind converts to (its own kind) and the containers are
// in CanCast.
var casts = func() map[Kind]kindSet {
	numbers := kinds(KindTinyint, KindSmallint, KindInteger, KindBigint, KindReal, KindDouble, KindDecimal)
	number := numbers | kinds(KindBoolean, KindVarchar, KindJSON)
	digest := kinds(KindVarbinary)
	return map[Kind]kindSet{
		KindBoolean:  numbers | kinds(KindVarchar, KindJSON),
		KindTinyint:  number,
		KindSmallint: number,
		KindInteger:  number,
		KindBigint:   number,
		KindReal:     number,
		KindDouble:   number,
		KindDecimal:  number,
		KindVarchar: numbers | kinds(KindBoolean, KindChar, KindVarbinary, KindJSON, KindDate, KindTime, KindTimeTZ, KindTimestamp,
			KindTimestampTZ, KindUUID, KindIPAddress, KindColor, KindJSONPath),
		KindChar:              kinds(KindVarchar, KindJSONPath),
		KindVarbinary:         kinds(KindUUID, KindIPAddress, KindHyperLogLog, KindTDigest, KindQDigest, KindSetDigest),
		KindDate:              kinds(KindVarchar, KindTimestamp, KindTimestampTZ, KindJSON),
		KindTime:              kinds(KindVarchar, KindTimeTZ, KindTimestamp, KindTimestampTZ),
		KindTimeTZ:            kinds(KindVarchar, KindTime, KindTimestamp, KindTimestampTZ),
		KindTimestamp:         kinds(KindVarchar, KindDate, KindTime, KindTimeTZ, KindTimestampTZ, KindJSON),
		KindTimestampTZ:       kinds(KindVarchar, KindDate, KindTime, KindTimeTZ, KindTimestamp),
		KindIntervalYearMonth: kinds(KindVarchar),
		KindIntervalDaySecond: kinds(KindVarchar),
		KindJSON:              numbers | kinds(KindBoolean, KindVarchar),
		KindUUID:              kinds(KindVarchar, KindVarbinary),
		KindIPAddress:         kinds(KindVarchar, KindVarbinary),
		KindHyperLogLog:       digest | kinds(KindP4HyperLogLog),
		KindP4HyperLogLog:     kinds(KindHyperLogLog),
		KindTDigest:           digest,
		KindQDigest:           digest,
		KindSetDigest:         digest | kinds(KindHyperLogLog),
	}
}()

// CanCast reports whether CAST(x AS to) is defined for an x of type from.
func CanCast(from, to Type) bool {
	if from == to || from.Kind == KindUnknown {
		return to.Kind != KindFunction
	}
	switch from.Kind {
	case KindArray, KindMap, KindRow:
		switch {
		case from.Kind == to.Kind:
			return allFields(from, to, CanCast)
		case to.Kind != KindJSON:
			return false
		case from.Kind == KindMap:
			return jsonKey(from.Key()) && jsonable(from.Value())
		}
		for _, f := range from.Fields() {
			if !jsonable(f.Type) {
				return false
			}
		}
		return true
	case KindFunction:
		return false
	}
	if from.Kind == KindJSON {
		switch to.Kind {
		case KindArray, KindRow:
			for _, f := range to.Fields() {
				if !fromJSONable(f.Type) {
					return false
				}
			}
			return true
		case KindMap:
			return jsonKey(to.Key()) && fromJSONable(to.Value())
		}
	}
	if from.Kind == to.Kind {
		return from.Kind != KindQDigest
	}
	if (from.Kind == KindUUID || from.Kind == KindIPAddress) && to.Kind == KindVarchar && to != Varchar {
		return false // their casts give varchar without a length
	}
	return casts[from.Kind].has(to.Kind)
}

func allFields(a, b Type, ok func(a, b Type) bool) bool {
	af, bf := a.Fields(), b.Fields()
	if len(af) != len(bf) {
		return false
	}
	for i := range af {
		if !ok(af[i].Type, bf[i].Type) {
			return false
		}
	}
	return true
}

// jsonKey tells the types of map keys that JSON object names hold (Trino's
// JsonUtil).
func jsonKey(t Type) bool {
	switch t.Kind {
	case KindUnknown, KindBoolean, KindTinyint, KindSmallint, KindInteger, KindBigint, KindReal, KindDouble, KindDecimal, KindVarchar:
		return true
	}
	return false
}

func jsonable(t Type) bool { return t.Kind == KindJSON || CanCast(t, JSON) }

func fromJSONable(t Type) bool { return t.Kind == KindJSON || CanCast(JSON, t) }
