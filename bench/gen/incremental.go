// Incremental exports: change records, in the folder that all incremental exports
// below a prefix share (semantics 1.2, 1.5).

package gen

import (
	"strconv"
	"time"
)

// The views of an incremental export.
const (
	NewAndOldImages = "NEW_AND_OLD_IMAGES"
	NewImage        = "NEW_IMAGE"
)

// Incremental is what an incremental export has that a full one has not.
type Incremental struct {
	From, To time.Time // the window: From included, To excluded
	View     string    // default NewAndOldImages
	Changes  []Change
	// Make, if set, makes the changes instead, as many as Config.Rows says.
	Make func(n int64) Change
}

func (in *Incremental) at(n int64) Change {
	if in.Make != nil {
		return in.Make(n)
	}
	return in.Changes[n]
}

// Change is the last write of a key in a window. Without New it is a deletion;
// Old is written only in the view that has old images.
type Change struct {
	Micros         int64 // of the write, since 1970
	Keys, New, Old []Field
}

// appendChange appends a change record without its last closing brace.
func (c *Config) appendChange(dst []byte, ch *Change) []byte {
	old := ch.Old
	if c.Incremental.View != NewAndOldImages {
		old = nil
	}
	if c.Format == Ion {
		dst = append(dst, "$ion_1_0 {Record:{Keys:"...)
		dst = AppendIonFields(dst, ch.Keys, c.ASCII)
		dst = append(dst, ",Metadata:{WriteTimestampMicros:"...)
		dst = AppendIonNumber(dst, Int(ch.Micros).Num)
		dst = append(dst, '}')
		if old != nil {
			dst = AppendIonFields(append(dst, ",OldImage:"...), old, c.ASCII)
		}
		if ch.New != nil {
			dst = AppendIonFields(append(dst, ",NewImage:"...), ch.New, c.ASCII)
		}
		return append(dst, '}')
	}
	dst = append(dst, `{"Metadata":{"WriteTimestampMicros":{"N":"`...)
	dst = strconv.AppendInt(dst, ch.Micros, 10)
	dst = AppendJSONFields(append(dst, `"}},"Keys":`...), ch.Keys)
	if old != nil {
		dst = AppendJSONFields(append(dst, `,"OldImage":`...), old)
	}
	if ch.New != nil {
		dst = AppendJSONFields(append(dst, `,"NewImage":`...), ch.New)
	}
	return dst
}
