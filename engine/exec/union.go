package exec

// Union: all rows of its inputs, one input after the other.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type union struct {
	ins []Operator
	at  int
}

func newUnion(n *plan.Union, env *Env) (Operator, error) {
	u := &union{}
	for _, in := range n.Ins {
		op, err := Build(in, env)
		if err != nil {
			_ = u.Close() // the build error is what counts
			return nil, err
		}
		u.ins = append(u.ins, op)
	}
	return u, nil
}

func (u *union) Next(ctx context.Context) (*page.Page, error) {
	for u.at < len(u.ins) {
		p, err := u.ins[u.at].Next(ctx)
		if p != nil || err != nil {
			return p, err
		}
		if err := u.ins[u.at].Close(); err != nil {
			return nil, err
		}
		u.at++
	}
	return nil, nil
}

func (u *union) Close() error {
	var errs []error
	for _, in := range u.ins {
		errs = append(errs, in.Close())
	}
	return errors.Join(errs...)
}
