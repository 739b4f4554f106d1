package jsonspan

import (
	"strconv"
	"strings"
)

// Find returns the value at a JSON Pointer (RFC 6901). Of duplicate names the last
// counts, as with Get.
func Find(root *Value, pointer string) (*Value, bool) {
	v, _, ok := walk(root, pointer)
	return v, ok
}

// FindMember returns the member at a JSON Pointer, which has the place of its name; the
// root and array items are not members.
func FindMember(root *Value, pointer string) (Member, bool) {
	_, m, ok := walk(root, pointer)
	return m, ok && m.Value != nil
}

func walk(root *Value, pointer string) (*Value, Member, bool) {
	v, m := root, Member{}
	if v == nil || pointer != "" && pointer[0] != '/' {
		return nil, m, false
	}
	for pointer != "" {
		step, rest, more := strings.Cut(pointer[1:], "/")
		pointer = ""
		if more {
			pointer = "/" + rest
		}
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		switch v.Kind {
		case Object:
			var ok bool
			if m, ok = v.Member(step); !ok {
				return nil, Member{}, false
			}
			v = m.Value
		case Array:
			i, err := strconv.Atoi(step)
			// RFC 6901 section 4: no leading zeros, no sign.
			if err != nil || i < 0 || i >= len(v.Items) || strconv.Itoa(i) != step {
				return nil, Member{}, false
			}
			v, m = v.Items[i], Member{}
		default:
			return nil, Member{}, false
		}
	}
	return v, m, true
}
