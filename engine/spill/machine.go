package spill

// The memory of the machine, or of the container that the process runs in.

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// fallback is believed where the system does not say how much memory it has.
const fallback = 4 << 30

// Default is the budget of a query that nobody set: a quarter of the memory that
// there was when it was first asked for.
func Default() int64 { return quarter() }

var quarter = sync.OnceValue(func() int64 {
	n := machine()
	if n <= 0 {
		n = fallback
	}
	return min(n, container()) / 4
})

// container is the limit of the process's control group as it shows in the
// usual places, for cgroup v2 and v1; a huge number where there is none.
func container() int64 {
	const none = 1 << 62
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return none
}
