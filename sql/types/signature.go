package types

import (
	"strconv"
	"strings"
)

// Signature gives the type as Trino's TypeSignature prints it, which is the form
// that messages about functions' parameters use: no blank after a comma, row
// fields in quotes, timestamp(3) without time zone.
func (t Type) Signature() string {
	switch t.Kind {
	case KindTimestamp:
		return "timestamp(" + strconv.Itoa(int(t.P)) + ") without time zone"
	case KindArray, KindMap, KindRow, KindFunction, KindQDigest:
	default:
		return t.String()
	}
	name, _, _ := strings.Cut(t.String(), "(")
	parts := make([]string, len(t.Fields()))
	for i, f := range t.Fields() {
		parts[i] = f.Type.Signature()
		if f.Name != "" {
			parts[i] = `"` + strings.ReplaceAll(f.Name, `"`, `""`) + `" ` + parts[i]
		}
	}
	return name + "(" + strings.Join(parts, ",") + ")"
}
