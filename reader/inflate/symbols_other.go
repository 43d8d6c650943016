//go:build !amd64 || purego || safe

package inflate

func (z *inflater) fast(b []byte, op, first int) (_ int, done bool, err error) {
	return z.fastGo(b, op, first)
}
