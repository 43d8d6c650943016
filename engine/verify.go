package engine

// Engine.VerifyPaths: whether exports are whole and unaltered.

import (
	"context"

	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/proven"
	"github.com/ionq-db/ionq/reader/verify"
)

// VerifyReport is what VerifyPaths finds, VerifiedExport a part of it, and Finding
// one thing in these that is not as it should be.
type (
	VerifyReport   = verify.Report
	VerifiedExport = verify.Export
	Finding        = export.Finding
)

// VerifyPaths reads everything that lies at the paths and holds it against the
// manifests: checksums, MD5s, etags, numbers of items, missing and extra files.
// The error is that of a path which cannot be looked at; what is wrong with
// exports is in the report. progress may be nil.
func (e *Engine) VerifyPaths(ctx context.Context, paths []string, progress func(done, total int64)) (r *VerifyReport, err error) {
	defer recovered(&err)
	r, err = verify.Run(ctx, e.resolver, paths, verify.Options{
		Workers: e.opt.Workers, Prover: proven.New(e.opt.Cache.Space(proven.Space)), Progress: progress,
	})
	if err != nil {
		return nil, canceled(ctx, err)
	}
	return r, nil
}
