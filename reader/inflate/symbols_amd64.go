//go:build amd64 && !purego && !safe

package inflate

import "golang.org/x/sys/cpu"

var hasBMI2 = cpu.X86.HasBMI2

// What symbolsBMI2 ends with.
const (
	wentOn = iota // input or room has run short
	blockDone
	badSymbol
	badDistance
)

func (z *inflater) fast(b []byte, op, first int) (_ int, done bool, err error) {
	if !hasBMI2 {
		return z.fastGo(b, op, first)
	}
	op, why := symbolsBMI2(z, b, op, first, z.end-nearInput, len(b)-outputSlack)
	z.giveBack()
	switch why {
	case blockDone:
		done = true
	case badSymbol:
		err = errSymbol
	case badDistance:
		err = errDistance
	}
	return op, done, err
}

// symbolsBMI2 is the loop of fastGo. It does not give back what it took ahead.
//
//go:noescape
func symbolsBMI2(z *inflater, b []byte, op, first, inLimit, outLimit int) (end, why int)
