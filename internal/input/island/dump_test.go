package island

import (
	"encoding/json"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

func TestDump(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"Python", `{'iss': 'x', 'aud': ['y', 'z'], 'exp': 1795860000, 'n': None, 'b': True}`, `{"iss":"x","aud":["y","z"],"exp":1795860000,"n":null,"b":true}`},
		{"Python bytes", `{'a': b'x\'y', "o'": u"q"}`, `{"a":"x'y","o'":"q"}`},
		{"Python date", `{'exp': datetime.datetime(2026, 11, 28, 10, 0, tzinfo=datetime.timezone.utc)}`, `{"exp":1795860000}`},
		{"Python, broken string", "{'a': 'x'\n      'y',\n 'b': 'z'}", `{"a":"xy","b":"z"}`},
		{"Python tuples", `[('grant_type', 'client_credentials'), ('scope', 'a b')]`, `[["grant_type","client_credentials"],["scope","a b"]]`},
		{"OrderedDict", `{'a': OrderedDict([('b', 1)])}`, `{"a":[["b",1]]}`},
		{"Node", "{\n  error: 'invalid_client',\n  url: 'https://h/p',\n  n: 1n,\n  f: [Function: x],\n  [Symbol(k)]: false,\n  h: Headers { 'content-type': 'a/b' }\n}", `{"error":"invalid_client","url":"https://h/p","n":"1n","f":{"Function":"x"},"h":{"content-type":"a/b"}}`},
		{"Node, broken string", "{ a: 'x' +\n    'y', b: 1 }", `{"a":"xy","b":1}`},
		{"Java", `{alg=RS256, aud=[https://h/p], list=[a, b], Date=Sat, 28 Nov 2026 10:01:41 GMT, exp=1795860000}`, `{"alg":"RS256","aud":"https://h/p","list":["a","b"],"Date":"Sat, 28 Nov 2026 10:01:41 GMT","exp":1795860000}`},
		{"Java date", `{exp=Sat Nov 28 10:00:00 UTC 2026, iat=2026-11-28T09:59:00Z, jti=x}`, `{"exp":1795860000,"iat":1795859940,"jti":"x"}`},
		{"Ruby", `{"iss"=>"x", :exp=>1, nbf: 2}`, `{"iss":"x","exp":1,"nbf":2}`},
		{"PHP", `['iss' => 'x', 'aud' => ['y']]`, `{"iss":"x","aud":["y"]}`},
		{"print_r", "(\n    [iss] => x\n    [aud] => https://h/p\n    [exp] => 1\n)", `{"iss":"x","aud":"https://h/p","exp":1}`},
		{"var_dump", "{\n  [\"iss\"]=>\n  string(1) \"x\"\n  [\"exp\"]=>\n  int(12)\n}", `{"iss":"x","exp":12}`},
		{"nested print_r", "(\n    [header] => Array\n        (\n            [alg] => RS256\n        )\n\n)", `{"header":{"alg":"RS256"}}`},
		{"Go", `map[aud:https://h/p exp:1.79586e+09 iss:x scope:a b]`, `{"aud":"https://h/p","exp":1795860000,"iss":"x","scope":"a b"}`},
		{"Go values", `map[client_id:[x] scope:[a b]]`, `{"client_id":["x"],"scope":["a b"]}`},
		{"C#", `{ iss = x, exp = 1 }`, `{"iss":"x","exp":1}`},
		{"Rust", `{"iss": String("x"), "exp": Number(1), "o": Object {"a": Bool(true)}}`, `{"iss":"x","exp":1,"o":{"a":true}}`},
		{"curly quotes", `{“iss”: “x”, ‘sub’: ‘it’}`, `{"iss":"x","sub":"it"}`},
		{"colon without quotes", `{alg: RS256, aud: https://h/p}`, `{"alg":"RS256","aud":"https://h/p"}`},
		{"quote in a string", `{'a': 'say "x"'}`, `{"a":"say \"x\""}`},
	} {
		got, next, ok := readDump(srctext.New(test.source), 0, len(test.source))
		if !ok || got.String() != test.want || next != len(test.source) {
			t.Errorf("%s: got %v %s, %d of %d bytes; want %s", test.name, ok, got.String(), next, len(test.source), test.want)
		}
		if ok && !json.Valid([]byte(got.String())) {
			t.Errorf("%s: %s is not JSON", test.name, got.String())
		}
	}
}

func TestNoDump(t *testing.T) {
	for _, source := range []string{"", "{", "{ not a member }{", "[1", "{a: 'b", "map[", "(((((((((((((((((((((((((((((((((((((((((((("} {
		if got, _, ok := readDump(srctext.New(source), 0, len(source)); ok && got.String() != "{}" {
			t.Errorf("%q was read as %s", source, got.String())
		}
	}
}

func TestMembersWithoutBrackets(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{"iss: x\naud: https://h/p\nexp: 1", `{"iss":"x","aud":"https://h/p","exp":1}`},
		{`iss=x sub=y aud=https://h/p exp=1`, `{"iss":"x","sub":"y","aud":"https://h/p","exp":1}`},
		{`alg: RS256, kid: k`, `{"alg":"RS256","kid":"k"}`},
		{`"alg": "RS256", "kid": "k"`, `{"alg":"RS256","kid":"k"}`},
	} {
		got, ok := readMembers(srctext.New(test.source), 0, len(test.source), styleColon)
		if !ok || got.String() != test.want {
			t.Errorf("%q: got %v %s, want %s", test.source, ok, got.String(), test.want)
		}
	}
}
