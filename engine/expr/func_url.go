package expr

// Bodies of the URL functions (UrlFunctions in Trino's source, which reads with
// java.net.URI: RFC 2396, other Unicode letters allowed).

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/reader/page"
)

// uriParts are what url_extract_* gives; query is as written.
type uriParts struct {
	scheme, host, path, query, fragment string
	port                                int64 // -1: none
	hasQuery                            bool
}

// uriHas reports whether all of s may stand in a URI, beside escapes.
func uriHas(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			return false
		case c == '%':
			if _, err := strconv.ParseUint(s[min(i+1, len(s)):min(i+3, len(s))], 16, 8); err != nil || i+2 >= len(s) {
				return false
			}
		}
	}
	return true
}

func parseURI(s string) (u uriParts, ok bool) {
	u.port = -1
	if s == "" || !uriHas(s) {
		return u, s == ""
	}
	s, u.fragment, _ = strings.Cut(s, "#")
	if strings.Contains(u.fragment, "#") {
		return u, false
	}
	if at := strings.IndexAny(s, ":/?"); at >= 0 && s[at] == ':' {
		if at == 0 || !validScheme(s[:at]) || at+1 == len(s) {
			return u, false
		}
		u.scheme, s = s[:at], s[at+1:]
		if s[0] != '/' { // opaque: neither path nor query
			return u, true
		}
	}
	s, u.query, u.hasQuery = strings.Cut(s, "?")
	if rest, isHier := strings.CutPrefix(s, "//"); isHier {
		authority := rest
		s = ""
		if at := strings.IndexByte(rest, '/'); at >= 0 {
			authority, s = rest[:at], rest[at:]
		}
		if authority == "" && s == "" {
			return u, false
		}
		u.server(authority)
	}
	u.path = s
	return u, true
}

func validScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if letter := c >= 'a' && c <= 'z'; !letter && (i == 0 || (s[i] < '0' || s[i] > '9') && strings.IndexByte("+-.", s[i]) < 0) {
			return false
		}
	}
	return true
}

// server sets host and port from an authority that names a server; any other
// authority has neither.
func (u *uriParts) server(authority string) {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	port := ""
	if at := strings.LastIndexByte(host, ':'); at > strings.LastIndexByte(host, ']') {
		host, port = host[:at], host[at+1:]
	}
	if !strings.HasPrefix(host, "[") {
		for i := 0; i < len(host); i++ {
			c := host[i]
			if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
				return
			}
		}
	}
	if port != "" {
		p, err := strconv.ParseUint(port, 10, 31)
		if err != nil {
			return
		}
		u.port = int64(p)
	}
	u.host = host
}

// unescaped decodes the escapes of a part of a URI.
func unescaped(s string) string {
	if d, err := url.PathUnescape(s); err == nil {
		return strings.ToValidUTF8(d, "\uFFFD")
	}
	return s
}

// formDecoded is java.net.URLDecoder.
func formDecoded(s string) (string, error) {
	d, err := url.QueryUnescape(s)
	if err != nil {
		return "", invalidArgument("URLDecoder: Illegal hex characters in escape (%%) pattern")
	}
	return strings.ToValidUTF8(d, "\uFFFD"), nil
}

func init() {
	for name, part := range map[string]func(u *uriParts) string{
		"protocol": func(u *uriParts) string { return u.scheme },
		"host":     func(u *uriParts) string { return u.host },
		"path":     func(u *uriParts) string { return unescaped(u.path) },
		"query":    func(u *uriParts) string { return unescaped(u.query) },
		"fragment": func(u *uriParts) string { return unescaped(u.fragment) },
	} {
		register("url_extract_"+name+"(varchar(x))", func(a *Args, i int, out *page.Builder) error {
			if u, ok := parseURI(a.str(0, i)); ok {
				out.String(part(&u))
			} else {
				out.Null()
			}
			return nil
		})
	}
	register("url_extract_port(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		if u, ok := parseURI(a.str(0, i)); ok && u.port >= 0 {
			out.Int64(u.port)
		} else {
			out.Null()
		}
		return nil
	})
	register("url_extract_parameter(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		u, ok := parseURI(a.str(0, i))
		if ok && u.hasQuery {
			for _, arg := range strings.Split(u.query, "&") {
				name, value, _ := strings.Cut(arg, "=")
				if name != a.str(1, i) {
					continue
				}
				d, err := formDecoded(value)
				if err == nil {
					out.String(d)
				}
				return err
			}
		}
		out.Null()
		return nil
	})
	register("url_decode(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		d, err := formDecoded(a.str(0, i))
		if err == nil {
			out.String(d)
		}
		return err
	})
	register("url_encode(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		// Guava's form escaper leaves * alone and escapes ~, Go's the other way.
		s := url.QueryEscape(a.str(0, i))
		out.StringNoCopy(strings.NewReplacer("%2A", "*", "~", "%7E").Replace(s))
		return nil
	})
}
