package expr

import "testing"

func TestLike(t *testing.T) {
	for _, c := range []struct {
		text, pattern, escape string
		want                  bool
	}{
		{"foobar", "foo%", "", true},
		{"foobar", "%bar", "", true},
		{"foobar", "%ob%", "", true},
		{"foobar", "foo", "", false},
		{"foobar", "foo%r", "", true},
		{"foobar", "f__b_r", "", true},
		{"foobar", "f__b_", "", false},
		{"", "", "", true},
		{"", "%", "", true},
		{"a", "", "", false},
		{"a", "_%", "", true},
		{"", "_%", "", false},
		{"äöü", "___", "", true},
		{"äöü", "ä%ü", "", true},
		{"aba", "a%a", "", true},
		{"a", "a%a", "", false},
		{"abcab", "%ab", "", true},
		{"abcab", "%a_c%b", "", true},
		{"abc", "%b%b%", "", false},
		{"xaxbx", "%a%b_", "", true},
		{"xaxb", "%a%b_", "", false},
		{"50%", "50#%", "#", true},
		{"505", "50#%", "#", false},
		{"a_b", "a#_b", "#", true},
		{"axb", "a#_b", "#", false},
		{"a#b", "a##b", "#", true},
		{"line\nbreak", "line%", "", true},
		{"%%", "%%", "", true},
	} {
		p, err := compileLike(c.pattern, c.escape)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
		} else if got := p.match(c.text); got != c.want {
			t.Errorf("%q LIKE %q ESCAPE %q: %v", c.text, c.pattern, c.escape, got)
		}
	}
	for _, c := range [][2]string{{"a#", "#"}, {"a#b", "#"}, {"a", "##"}} {
		if _, err := compileLike(c[0], c[1]); err == nil {
			t.Errorf("%q ESCAPE %q: no error", c[0], c[1])
		}
	}
	_, err := compileLike("a#b", "#")
	if want := "INVALID_FUNCTION_ARGUMENT: Escape character must be followed by '%', '_' or the escape character itself"; err.Error() != want {
		t.Error(err)
	}
}
