//go:build !unix

// Package peak tells how much memory a process that has ended held at once.
package peak

import "os"

// Bytes is not known here.
func Bytes(*os.ProcessState) float64 { return 0 }
