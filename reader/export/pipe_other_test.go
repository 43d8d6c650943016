//go:build !unix

package export_test

import "errors"

func pipe(string) error { return errors.New("no pipes among files here") }
