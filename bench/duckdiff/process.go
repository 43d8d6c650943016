package duckdiff

// Another engine in a process of its own: a line of JSON with statements in, one with
// the answer out.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

// process is the process of an engine.
type process struct {
	name string // of the engine
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

func startProcess(name string, cmd *exec.Cmd) (*process, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{name, cmd, in, bufio.NewReaderSize(out, 1<<20)}, nil
}

// ask has statements run and decodes the answer.
func (p *process) ask(sql []string, answer any) error {
	b, err := json.Marshal(map[string][]string{"sql": sql})
	if err != nil {
		return err
	}
	if _, err := p.in.Write(append(b, '\n')); err != nil {
		return err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("%s's process ended: %w", p.name, err)
	}
	return json.Unmarshal(line, answer)
}

// Close ends the process.
func (p *process) Close() error { return errors.Join(p.in.Close(), p.cmd.Wait()) }
