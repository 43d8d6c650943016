//go:build !klauspost

package inflate

// The decompressor of gzip that is used: see decoder_klauspost.go for the other.

func newMember() member { return new(gunzip) }
