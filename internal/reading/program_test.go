package reading

import (
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	grantParam = "grant_type=client_credentials"
	typeParam  = "client_assertion_type=" + assertionType
	jwtParam   = "client_assertion=@JWT@"
)

// sentBy are the parameters of the request in a text, and the JWT with it.
func sentBy(r Result) []string {
	if len(r.Cases) != 1 {
		return []string{"cases: " + strings.Repeat("x", len(r.Cases)), r.Nothing}
	}
	c := r.Cases[0]
	var out []string
	if c.Request != nil {
		for _, p := range c.Request.Params {
			if p.Unknown != "" {
				p.Value = "?"
			}
			out = append(out, p.Name+"="+p.Value)
		}
	}
	if a := c.Assertion; a != nil && a.Shape == evidence.ShapeCompact && !slices.ContainsFunc(out, func(s string) bool { return strings.HasSuffix(s, a.Compact) }) {
		out = append(out, "and "+a.Compact)
	}
	return out
}

// What a program sends is what it puts together of literals and of names that the text
// defines once. Nothing else is read as a value.
func TestPrograms(t *testing.T) {
	whole := []string{grantParam, typeParam, jwtParam}
	with := func(more ...string) []string { return append(slices.Clone(whole), more...) }
	java := `StringBuilder b = new StringBuilder();` + "\n" + `b.append("grant_type=client_credentials");` + "\n"
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		// Strings put together.
		{"Java", "send(\"grant_type=client_credentials\"\n  + \"&client_assertion_type=" + assertionType + "\"\n  + \"&client_assertion=@JWT@\")", whole},
		{"Python", "body = (\"grant_type=client_credentials\"\n  \"&client_assertion_type=" + assertionType + "\"\n  \"&client_assertion=@JWT@\")", whole},
		{"PHP", "$body = 'grant_type=client_credentials'\n  . '&client_assertion_type=" + assertionType + "'\n  . '&client_assertion=@JWT@';", whole},
		{"Visual Basic", "body = \"grant_type=client_credentials\" & _\n  \"&client_assertion_type=" + assertionType + "\" & _\n  \"&client_assertion=@JWT@\"", whole},
		{"append", java + "b.append(\"&client_assertion_type=" + assertionType + "\");\nb.append(\"&client_assertion=@JWT@\");", whole},
		{"append to another", java + "c.append(\"&client_assertion_type=" + assertionType + "\");\nc.append(\"&client_assertion=@JWT@\");", []string{typeParam, jwtParam}},
		{"+=", "let body = 'grant_type=client_credentials';\nbody += '&client_assertion_type=" + assertionType + "';\nbody += '&client_assertion=@JWT@';", whole},
		{"template", "const body = `grant_type=client_credentials` +\n `&client_assertion_type=${encodeURIComponent('" + assertionType + "')}&client_assertion=@JWT@`;", whole},
		{"names between", "const jwt = '@JWT@';\nconst body = 'grant_type=client_credentials&client_assertion=' + encodeURIComponent(jwt) + '&client_id=' + id;", []string{grantParam, jwtParam, "client_id=?"}},
		{"f-string", "jwt = '@JWT@'\nbody = f'grant_type=client_credentials&client_assertion={jwt}'", []string{grantParam, jwtParam}},
		{"format of Python", "body = 'grant_type=client_credentials&client_assertion=%s' % make()", []string{grantParam, "client_assertion=?"}},
		{"format of Python, with a JWT", "requests.post('https://idp.example.com/token', data='grant_type=client_credentials&client_id={}&client_assertion=@JWT@'.format(id))", []string{grantParam, "client_id=?", jwtParam}},
		{"Kotlin", "val jwt = \"@JWT@\"\nval body = \"grant_type=client_credentials&client_id=$id&client_assertion=$jwt\"", []string{grantParam, "client_id=?", jwtParam}},
		{"PHP, with names inside", "<?php\n$jwt = '@JWT@';\n$body = \"grant_type=client_credentials&client_id={$this->id}&client_assertion=$jwt\";", []string{grantParam, "client_id=?", jwtParam}},
		{"Swift", "let jwt = \"@JWT@\"\nlet body = \"grant_type=client_credentials&client_assertion=\\(jwt)\"", []string{grantParam, jwtParam}},
		{"missing part", "body = \"grant_type=client_credentials\"\n  + \"&client_assertion=@JWT@\"", []string{grantParam, jwtParam}},
		{"a JWT in literals", "jwt = (\n    \"@H@.\"\n    \"@C@.\"\n    \"@S@\"\n)\n", []string{"and @JWT@"}},
		{"a JWT in literals with +", "String jwt = \"@H@\" +\n \".@C@.\" +\n \"@S@\";", []string{"and @JWT@"}},
		{"a shell's literals are no program's", "J=\"@H@\".\"@C@\".\"@S@\"\n", []string{`cases: `, nothing}},

		// Names and calls.
		{"a constant", "TYPE = '" + assertionType + "'\ndata={'grant_type': 'client_credentials', 'client_assertion_type': TYPE, 'client_assertion': '@JWT@'}", whole},
		{"a constant that is assigned twice", "TYPE = 'a'\nTYPE = 'b'\ndata={'grant_type': 'client_credentials', 'client_assertion_type': TYPE, 'client_assertion': '@JWT@'}", []string{grantParam, "client_assertion_type=?", jwtParam}},
		{"a constant of an object", "TYPE = 'a'\ndata={'grant_type': 'client_credentials', 'client_assertion_type': other.TYPE, 'client_assertion': '@JWT@'}", []string{grantParam, "client_assertion_type=?", jwtParam}},
		{"a typed constant", "const jwt: string = \"@JWT@\";\npost(url, {grant_type: 'client_credentials', client_assertion_type: '" + assertionType + "', client_assertion: jwt})", whole},
		{"a variable with a JWT", "assertion = \"@JWT@\"\ndata = {\n    \"grant_type\": \"client_credentials\",\n    \"client_assertion_type\": \"" + assertionType + "\",\n    \"client_assertion\": assertion,\n}\n", whole},
		{"a variable and a JWT elsewhere", "post(url, data={'grant_type': 'client_credentials', 'client_assertion': assertion.decode()})\n\n# @JWT@\n", []string{grantParam, "client_assertion=?", "and @JWT@"}},
		{"an enum", "data={'grant_type': GrantType.CLIENT_CREDENTIALS, 'client_assertion': '@JWT@'}", []string{"grant_type=?", jwtParam}},
		{"a call", "data={'grant_type': 'client_credentials', 'client_assertion': '@JWT@', 'client_id': os.getenv('CLIENT_ID')}", []string{grantParam, jwtParam, "client_id=?"}},
		{"a sum of names", "a = '@H@.'\nb = '@C@.@S@'\ndata={'grant_type': 'client_credentials', 'client_assertion': a + b}", []string{grantParam, jwtParam}},
		{"strings that are changed", "data={'grant_type': 'client_credentials', 'client_assertion': '@JWT@', 'client_id': '%s' % id, 'scope': 'a' if b else 'c', 'audience': 'x'.upper()}", []string{grantParam, jwtParam, "client_id=?", "scope=?", "audience=?"}},
		{"strings that are not", "data={'grant_type': 'client_credentials', 'client_assertion': '@JWT@'.strip(), 'client_id': str('app')}", []string{grantParam, jwtParam, "client_id=app"}},
		{"an operator", "post(url, {grant_type: 'client_credentials', client_assertion: '@JWT@', client_id: config.id ?? 'x'})", []string{grantParam, jwtParam, "client_id=?"}},
		{"PHP", "$p = ['grant_type' => $gt, 'client_assertion_type' => self::TYPE, 'client_id' => $this->id, 'client_assertion' => '@JWT@'];", []string{"grant_type=?", "client_assertion_type=?", "client_id=?", jwtParam}},
		{"Ruby", "p = { grant_type: GRANT, client_id: ENV['CLIENT_ID'], client_assertion: '@JWT@' }", []string{"grant_type=?", "client_id=?", jwtParam}},
		{"C#", "var d = new Dictionary<string,string> {\n  [\"grant_type\"] = GrantType,\n  [\"client_id\"] = clientId,\n  [\"client_assertion\"] = \"@JWT@\"\n};", []string{"grant_type=?", "client_id=?", jwtParam}},
		{"text without quotation marks is a value where nothing has them", "{grant_type=client_credentials, client_id=GRANT, client_assertion=@JWT@}", []string{grantParam, "client_id=GRANT", jwtParam}},
		{"and in lines", "grant_type: \"client_credentials\"\nclient_id: app\nclient_assertion: @JWT@\n", []string{grantParam, "client_id=app", jwtParam}},
		{"a bracket behind the last value", "res = post_form(URI('https://idp.example.com/token'),\n  'grant_type' => 'client_credentials',\n  'client_assertion_type' => '" + assertionType + "',\n  'client_assertion' => '@JWT@')\n", whole},

		// Ways of passing them.
		{"new URLSearchParams", "fetch('https://idp.example.com/token', {\n  method: 'POST',\n  body: new URLSearchParams({\n    grant_type: 'client_credentials',\n    client_assertion_type: '" + assertionType + "',\n    client_assertion: '@JWT@',\n  }),\n});", whole},
		{"Go", "func main() {\n\tform := url.Values{}\n\tform.Set(\"grant_type\", \"client_credentials\")\n\tform.Set(\"client_assertion_type\", \"" + assertionType + "\")\n\tform.Set(\"client_assertion\", \"@JWT@\")\n\tform.Set(\"client_id\", id)\n\tresp, err := http.PostForm(\"https://idp.example.com/token\", form)\n}", with("client_id=?")},
		{"lists of one in Go", "url.Values{\n\t\"grant_type\": {\"client_credentials\"},\n\t\"client_assertion\": {\"@JWT@\"},\n\t\"client_id\": {os.Getenv(\"CLIENT_ID\")},\n}", []string{grantParam, jwtParam, "client_id=?"}},
		{"an initializer of C#", "var d = new Dictionary<string, string>\n{\n    { \"grant_type\", \"client_credentials\" },\n    { \"client_assertion_type\", \"" + assertionType + "\" },\n    { \"client_assertion\", \"@JWT@\" }\n};", whole},
		{"Java's Map.of", "Map.of(\"grant_type\", \"client_credentials\", \"client_assertion_type\", \"" + assertionType + "\", \"client_assertion\", \"@JWT@\")", whole},
		{"nested calls", "form.add(new Pair(\"grant_type\", \"client_credentials\"));\nform.add(new Pair(\"client_assertion_type\", \"" + assertionType + "\"));\nform.add(new Pair(\"client_assertion\", \"@JWT@\"));", whole},
		{"one parameter is not a request", "assertEquals(\"grant_type\", name)\nx = \"@JWT@\"", []string{"and @JWT@"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := sentBy(Read("paste", filled(row.text), Options{}))
			for i := range got {
				got[i] = strings.ReplaceAll(got[i], filled("@JWT@"), "@JWT@")
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%q\nwant %q\nin %s", got, row.want, row.text)
			}
		})
	}
}

// What a program may send besides what can be read is not missing.
func TestPiecesOfPrograms(t *testing.T) {
	for _, row := range []struct {
		text  string
		known bool
	}{
		{"body = paste0(\"grant_type=a\", \"&client_id=app&client_assertion=@JWT@\")", false},
		{"body = \"client_id=app&client_assertion=@JWT@\"", true},
		{"post(url, {grant_type: 'app', client_assertion: '@JWT@', ...more})", false},
		{"post(url, {grant_type: 'app', client_assertion: '@JWT@'})", true},
		{"post(url, {grant_type: 'app', // ours\n  client_assertion: '@JWT@'})", true},
	} {
		r := Read("paste", filled(row.text), Options{})
		if len(r.Cases) != 1 || r.Cases[0].Request == nil || r.Cases[0].Request.BodyKnown != row.known {
			t.Errorf("%s: %d cases; whether all of the body is known is not %v", row.text, len(r.Cases), row.known)
		}
	}
}

// A value that is one literal is where the literal is.
func TestPlacesInPrograms(t *testing.T) {
	text := filled("body = 'grant_type=client_credentials' +\n  '&client_id=app' +\n  '&client_assertion=@JWT@';\n")
	r := Read("paste", text, Options{})
	if len(r.Cases) != 1 {
		t.Fatalf("%d cases", len(r.Cases))
	}
	q := r.Cases[0].Request
	for _, p := range q.Params {
		if got := q.Document.Text[p.Span.Start:p.Span.End]; !p.Verbatim || got != p.Value {
			t.Errorf("%s is at %.30q, verbatim %v", p.Name, got, p.Verbatim)
		}
	}
}

// How an object is sent is known only where the library documents it.
func TestSending(t *testing.T) {
	const object = `{'grant_type': 'client_credentials', 'client_assertion': '@JWT@'}`
	for _, row := range []struct {
		text  string
		kind  evidence.BodyKind
		shown bool // the text does not say how the body is encoded
		in    evidence.ParamPlace
		basic bool
	}{
		{"requests.post('https://idp.example.com/token', data=" + object + ")", evidence.BodyForm, false, evidence.InBody, false},
		{"requests.post('https://idp.example.com/token', json=" + object + ")", evidence.BodyJSON, false, evidence.InBody, false},
		{"requests.post('https://idp.example.com/token', data=json.dumps(" + object + "))", evidence.BodyJSON, false, evidence.InBody, false},
		{"requests.post('https://idp.example.com/token', params=" + object + ")", evidence.BodyNone, false, evidence.InURL, false},
		{"requests.post('https://idp.example.com/token', auth=('a', 'b'), data=" + object + ")", evidence.BodyForm, false, evidence.InBody, true},
		{"requests.post('https://idp.example.com/token', data=" + object + ", auth=('a', 'b'))", evidence.BodyForm, false, evidence.InBody, true},
		{"requests.post('https://idp.example.com/token', data=" + object + ")\nget(auth=('a', 'b'))", evidence.BodyForm, false, evidence.InBody, false},
		{"p = " + object + "\nrequests.post('https://idp.example.com/token', json=p)", evidence.BodyJSON, false, evidence.InBody, false},
		{"p = " + object + "\nrequests.post('https://idp.example.com/token', data=p)", evidence.BodyForm, false, evidence.InBody, false},
		{"p = " + object + "\nrequests.post('https://idp.example.com/token', json=p)\nrequests.post('https://idp.example.com/token', data=p)", evidence.BodyForm, true, evidence.InBody, false},
		{"axios.post('https://idp.example.com/token', " + object + ")", evidence.BodyJSON, false, evidence.InBody, false},
		{"axios.post('https://idp.example.com/token', " + object + ", {headers: {'Content-Type': 'application/x-www-form-urlencoded'}})", evidence.BodyForm, false, evidence.InBody, false},
		{"axios.post('https://idp.example.com/token', qs.stringify(" + object + "))", evidence.BodyForm, false, evidence.InBody, false},
		{"api.post('https://idp.example.com/token', " + object + ")", evidence.BodyForm, true, evidence.InBody, false},
		{"sent: " + object, evidence.BodyForm, true, evidence.InBody, false},
	} {
		r := Read("paste", filled(row.text), Options{})
		if len(r.Cases) != 1 || r.Cases[0].Request == nil {
			t.Errorf("%s: %d cases", row.text, len(r.Cases))
			continue
		}
		q := r.Cases[0].Request
		p, _ := q.Param("client_assertion")
		_, basic := q.Headers.Get("Authorization")
		if q.Body.Kind != row.kind || q.Body.Shown != row.shown || p.In != row.in || basic != row.basic {
			t.Errorf("%s: body %q, shown %v, in the %s, basic %v", row.text, q.Body.Kind, q.Body.Shown, p.In, basic)
		}
	}
}
