package engine

// Engine.Fetch: exports copied out of S3, and verified.

import (
	"context"
	"path/filepath"

	"github.com/ionq-db/ionq/reader/fetch"
)

// FetchPlan is what a fetch copies; FetchReport is what came of it.
type (
	FetchPlan   = fetch.Plan
	FetchReport = fetch.Report
)

// PlanFetch finds what belongs to the exports at a name, an s3:// URL.
func (e *Engine) PlanFetch(ctx context.Context, name string) (p *FetchPlan, err error) {
	defer recovered(&err)
	p, err = fetch.Look(ctx, e.resolver, name)
	return p, canceled(ctx, err)
}

// Fetch copies what a plan names into a folder, and then reads the copies whole
// and holds them against their manifests, as VerifyPaths does. What failed is in
// the reports. The second is nil where nothing could be copied. progress may be
// nil; it is told what is done first.
func (e *Engine) Fetch(ctx context.Context, p *FetchPlan, dir string, files int, progress func(doing string, done, total int64)) (r *FetchReport, v *VerifyReport, err error) {
	defer recovered(&err)
	opt := fetch.Options{Files: files}
	verifying := func(int64, int64) {}
	if progress != nil {
		opt.Progress = func(done, total int64) { progress("fetching", done, total) }
		verifying = func(done, total int64) { progress("verifying", done, total) }
	}
	r, err = p.Copy(ctx, dir, opt)
	if err != nil {
		return r, nil, canceled(ctx, err)
	}
	var paths []string
	for _, x := range p.Exports {
		paths = append(paths, filepath.Join(dir, filepath.FromSlash(x)))
	}
	v, err = e.VerifyPaths(ctx, paths, verifying)
	return r, v, err
}
