package projection

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, out, doubt, err string }{
		{in: "(Item id)", out: "(Item id)"},
		{in: "[Item, id]", out: "(Item id)"},
		{in: "( created_at )", out: "(created_at)"},
		{in: "()", out: "()"},
		{in: `(Item 'my-attr' "a b" 0 *)`, out: "(Item 'my-attr' 'a b' 0 *)"},
		{in: "(Item '$ion_extractor_field'::*)", out: "(Item $ion_extractor_field::'*')"},
		{in: "(Item my-attr)", out: "(Item my '-' attr)", doubt: "operator -"},
		{in: "(Item a.b)", out: "(Item a '.' b)", doubt: "operator ."},
		{in: "(Item order-id-2)", out: "(Item order '-' id -2)", doubt: "operator -"},
		{in: "(Item -2)", out: "(Item -2)", doubt: "never matches"},
		{in: "(Item true)", err: "Invalid path component type: BOOL"},
		{in: "(Item null)", err: "Invalid path component type: NULL"},
		{in: "(Item 1.5)", err: "Invalid path component type: DECIMAL"},
		{in: "(Item (a))", err: "Invalid path component type: SEXP"},
		{in: "Item", err: "ionPathExpression must be a s-expression or list"},
		{in: "{a:1}", err: "ionPathExpression must be a s-expression or list"},
		{in: " ", err: "ionPathExpression cannot be empty"},
		{in: "(Item", err: "end of input"},
	} {
		p, err := Parse(c.in)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want %q", c.in, err, c.err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.in, err)
		default:
			// The wildcard and the field named * print differently only by quotes.
			if got := p.String(); got != c.out {
				t.Errorf("%s: reads as %s, want %s", c.in, got, c.out)
			}
			if (c.doubt == "") != (p.Doubt == "") || !strings.Contains(p.Doubt, c.doubt) {
				t.Errorf("%s: doubt %q, want %q", c.in, p.Doubt, c.doubt)
			}
		}
	}
}

func TestTree(t *testing.T) {
	var paths []*Path
	for _, s := range []string{"(Item id)", "(Item ID)", "(Item m *)", "(Item m a)", "(Other)", "(Item l 1)"} {
		p, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	walk := func(caseSensitive bool, names ...string) *Node {
		n := Compile(paths, caseSensitive).Root
		for _, name := range names {
			if n = n.ByName([]byte(name)); n == nil {
				return nil
			}
		}
		return n
	}
	ends := func(n *Node) string {
		var b strings.Builder
		if n != nil {
			for _, k := range n.Ends {
				b.WriteByte(byte('0' + k))
			}
		}
		return b.String()
	}
	for _, c := range []struct {
		path      string
		fold, not string // columns that end there, without and with regard to case
	}{
		{"Item id", "01", "0"},
		{"item Id", "01", ""},
		{"Item m a", "23", "23"},
		{"Item m A", "23", "2"},
		{"Item m zzz", "2", "2"},
		{"Item m", "", ""},
		{"Other", "4", "4"},
		{"Nothing", "", ""},
		{"Item m a b", "", ""},
	} {
		names := strings.Fields(c.path)
		if got := ends(walk(false, names...)); got != c.fold {
			t.Errorf("%s: columns %q, want %q", c.path, got, c.fold)
		}
		if got := ends(walk(true, names...)); got != c.not {
			t.Errorf("%s, case-sensitive: columns %q, want %q", c.path, got, c.not)
		}
	}
	if n := walk(false, "Item", "l"); n == nil || !n.Complex || !n.Inner {
		t.Errorf("an index makes a node complex: %+v", n)
	}
	// Nodes are shared: the same places, the same node.
	tree := Compile(paths, false)
	if tree.Root.ByName([]byte("Item")) != tree.Root.ByName([]byte("ITEM")) {
		t.Error("two nodes for one set of places")
	}
}
