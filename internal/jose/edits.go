package jose

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// headerEdits lists headers that may have been the signed one, likeliest first:
// a member added or changed after signing.
func headerEdits(d *document, keys []*Key) []edit {
	var list []edit
	add := func(e edit, ok bool) {
		if ok {
			list = append(list, e)
		}
	}
	add(d.without("kid"))
	add(d.without("typ"))
	add(d.without("kid", "typ"))
	for _, name := range algorithmNames() {
		add(d.replace("alg", stringValue(name), "alg changed from "+name))
	}
	add(d.replace("alg", stringValue("none"), "alg changed from none"))
	for _, m := range d.value.Members {
		if m.Name != "kid" && m.Name != "typ" {
			add(d.without(m.Name))
		}
	}
	seen := map[string]bool{}
	for _, k := range keys {
		if k.HasKid && !seen[k.Kid] && len(seen) < 20 {
			seen[k.Kid] = true
			add(d.replace("kid", stringValue(k.Kid), "kid changed from that of another key"))
		}
		if k.Thumbprint != "" && len(seen) < 20 {
			add(d.replace("kid", stringValue(k.Thumbprint), "kid changed from the key's thumbprint"))
		}
	}
	for _, typ := range []string{"JWT", "jwt", "at+jwt", "client-authentication+jwt"} {
		add(d.replace("typ", stringValue(typ), "typ changed from "+typ))
	}
	if kid, ok := d.value.Get("kid"); ok && kid.Kind == jsonspan.String {
		if t := strings.TrimSpace(kid.Str); t != kid.Str {
			add(d.replace("kid", stringValue(t), "whitespace added to kid"))
		}
	}
	return list
}

// headerOrders lists the same members in other orders and with typ added, as a
// library that builds its own header would have written it.
func headerOrders(d *document) []edit {
	get := func(name, otherwise string) (jsonspan.Member, bool) {
		if m, ok := d.value.Member(name); ok {
			return m, true
		}
		return jsonspan.Member{Name: name, Value: stringValue(otherwise)}, otherwise != ""
	}
	var list []edit
	for _, names := range [][]string{
		{"alg", "typ"}, {"typ", "alg"}, {"alg", "kid", "typ"}, {"alg", "typ", "kid"}, {"typ", "alg", "kid"},
		{"typ", "kid", "alg"}, {"kid", "typ", "alg"}, {"kid", "alg", "typ"}, {"alg", "kid"}, {"kid", "alg"}, {"alg"},
	} {
		v := &jsonspan.Value{Kind: jsonspan.Object}
		complete := true
		for _, n := range names {
			m, ok := get(n, map[string]string{"typ": "JWT"}[n])
			complete = complete && ok
			v.Members = append(v.Members, m)
		}
		if complete && string(d.style.write(v)) != string(d.style.write(d.value)) {
			list = append(list, edit{v, "it was another header, with " + strings.Join(names, ", ") + " in this order"})
		}
	}
	return list
}

// reordersOnly reports whether an edit keeps every member and value.
func (d *document) reordersOnly(e edit) bool {
	s := compactStyle()
	s.sort = true
	return string(s.write(d.value)) == string(s.write(e.value))
}

// payloadEdits lists payloads that may have been the signed one, likeliest first.
func payloadEdits(d *document) []edit {
	var list []edit
	add := func(e edit, ok bool) {
		if ok {
			list = append(list, e)
		}
	}
	for i := len(d.value.Members) - 1; i >= 0 && i > len(d.value.Members)-30; i-- { // what was added last, first
		add(d.without(d.value.Members[i].Name))
	}
	for _, name := range []string{"aud", "iss", "sub"} {
		v, ok := d.value.Get(name)
		switch {
		case !ok:
		case v.Kind == jsonspan.String:
			if t := strings.TrimSuffix(v.Str, "/"); t != v.Str {
				add(d.replace(name, stringValue(t), "a slash added to "+name))
			} else {
				add(d.replace(name, stringValue(v.Str+"/"), "the slash at the end of "+name+" removed"))
			}
			add(d.replace(name, &jsonspan.Value{Kind: jsonspan.Array, Items: []*jsonspan.Value{v}}, name+" changed from an array to a string"))
		case v.Kind == jsonspan.Array && len(v.Items) > 0:
			add(d.replace(name, v.Items[0], name+" changed from a string to an array"))
		}
	}
	list = append(list, d.numbers()...)
	if e, ok := d.reversed(); ok {
		list = append(list, e)
	}
	return list
}

func (d *document) reversed() (edit, bool) {
	if len(d.value.Members) < 2 {
		return edit{}, false
	}
	v := &jsonspan.Value{Kind: jsonspan.Object, Members: slices.Clone(d.value.Members)}
	slices.Reverse(v.Members)
	return edit{v, "the order of the claims reversed"}, true
}

// timeShifts lists payloads whose times were moved, nearest first, up to limit
// seconds, then by the round amounts a second attempt adds.
func timeShifts(d *document, limit int64) []edit {
	var names []string
	for _, m := range d.value.Members {
		if isTimeClaim(m.Name) && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	var list []edit
	move := func(by int64) {
		if len(names) > 1 {
			if e, ok := d.shifted(by, names...); ok {
				list = append(list, e)
			}
		}
		for _, n := range names {
			if e, ok := d.shifted(by, n); ok {
				list = append(list, e)
			}
		}
		if len(names) == 3 {
			if e, ok := d.shifted(by, "iat", "nbf"); ok {
				list = append(list, e)
			}
			if e, ok := d.shifted(by, "iat", "exp"); ok {
				list = append(list, e)
			}
		}
	}
	for by := int64(1); by <= limit; by++ {
		move(-by)
		move(by)
	}
	if limit >= 30 {
		for _, by := range []int64{60, 120, 180, 240, 300, 600, 900, 1800, 3600, 7200, 86400} {
			move(-by)
			move(by)
		}
	}
	return list
}
