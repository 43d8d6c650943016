package syntax

// This file visits trees and compares them. Both go over the nodes' fields by
// reflection: the tree has some hundred kinds of nodes, and a list of their
// fields kept by hand would one day miss one.

import (
	"bytes"
	"reflect"
	"strings"
	"sync"
)

var (
	nodeType = reflect.TypeFor[Node]()
	baseType = reflect.TypeFor[Base]()
)

// childFields caches, for a node's struct, the fields that hold nodes.
var childFields sync.Map // reflect.Type -> []int

func fieldsOf(t reflect.Type) []int {
	if f, ok := childFields.Load(t); ok {
		return f.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		if ft := t.Field(i).Type; ft != baseType && holdsNodes(ft) {
			fields = append(fields, i)
		}
	}
	childFields.Store(t, fields)
	return fields
}

func holdsNodes(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice:
		return holdsNodes(t.Elem())
	case reflect.Struct:
		return t.Implements(nodeType) // TypeParam is held by value
	case reflect.Pointer, reflect.Interface:
		return t.Implements(nodeType)
	}
	return false
}

// Inspect calls f for n and then, where f returns true, for everything in it,
// parents before children and children in the order of the text (a TRIM's
// source comes before its characters). A nil n is not visited.
func Inspect(n Node, f func(Node) bool) {
	if n == nil {
		return
	}
	v := reflect.ValueOf(n)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	if !f(n) {
		return
	}
	for _, i := range fieldsOf(v.Type()) {
		inspectField(v.Field(i), f)
	}
}

func inspectField(v reflect.Value, f func(Node) bool) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			inspectField(v.Index(i), f)
		}
	case reflect.Struct:
		Inspect(v.Addr().Interface().(Node), f)
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			Inspect(v.Interface().(Node), f)
		}
	}
}

// Children returns the nodes directly below n.
func Children(n Node) []Node {
	var list []Node
	Inspect(n, func(c Node) bool {
		if c == n {
			return true
		}
		list = append(list, c)
		return false
	})
	return list
}

// EqualExprs reports whether two expressions are the same but for their places in
// the text: names compare without regard to case and quotes, integers by their
// values, so that GROUP BY A+0x1 matches a + 1.
func EqualExprs(a, b Expr) bool { return EqualNodes(a, b) }

// EqualNodes is EqualExprs for any two nodes. Texts that a node keeps as written
// (a view's query, a prepared statement) are not compared, their trees are.
func EqualNodes(a, b Node) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return equalValues(reflect.ValueOf(a), reflect.ValueOf(b))
}

func equalValues(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return equalValues(a.Elem(), b.Elem())
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		switch x := a.Interface().(type) {
		case *Identifier:
			return strings.EqualFold(x.Value, b.Interface().(*Identifier).Value)
		case *LongLiteral:
			return x.Value == b.Interface().(*LongLiteral).Value
		case *DoubleLiteral:
			return x.Value == b.Interface().(*DoubleLiteral).Value
		case *DecimalLiteral:
			y := b.Interface().(*DecimalLiteral)
			return strings.ReplaceAll(x.Text, "_", "") == strings.ReplaceAll(y.Text, "_", "")
		case *BinaryLiteral:
			return bytes.Equal(x.Value, b.Interface().(*BinaryLiteral).Value)
		case *GenericLiteral:
			y := b.Interface().(*GenericLiteral)
			return strings.EqualFold(x.Type, y.Type) && x.Value == y.Value
		case *OtherStatement:
			y := b.Interface().(*OtherStatement)
			return x.Name == y.Name && x.Hive == y.Hive && strings.EqualFold(x.Text, y.Text)
		}
		return equalValues(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !equalValues(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		t := a.Type()
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Type == baseType || f.Name == "Text" && f.Type.Kind() == reflect.String && t != reflect.TypeFor[OtherAlter]() {
				continue
			}
			if !equalValues(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}
