package doctor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

const tokenAddress = "https://api.redoxengine.com/v2/auth/token"

// exportRow is a request as an API client keeps it: what the request and its collection
// contain in JSON, and the causes that follow.
type exportRow struct {
	name, request, collection string
	want                      []string
}

// exportParams are the parameters of a request as rows, the assertion as written. name is
// what a row calls its name.
func exportParams(name, assertion, more string) string {
	row := func(n, v string) string {
		return fmt.Sprintf(`{%q: %q, "value": %s, "type": "text"}`, name, n, quoted(v))
	}
	return "[" + row("grant_type", "client_credentials") + "," + row("client_assertion_type", assertionType) + "," + row("client_assertion", assertion) + more + "]"
}

func wrongAudience() string {
	tok := healthy("redox")
	tok.claims.set("aud", "https://other.example.com/token")
	tok.claims.set("jti", "7b0e5d6c-3f4a-4a6b-9a55-2d1c8e90f7a3")
	return tok.compact()
}

// checkExport judges an export and compares the causes.
func checkExport(t *testing.T, name, text string, want []string) {
	t.Helper()
	opts := healthy("redox").opts
	cases := judgeAll(t, opts, given{name, text})
	if len(cases) != 1 {
		t.Fatalf("%d cases", len(cases))
	}
	if got := failed(cases[0]); !slices.Equal(got, want) {
		t.Errorf("failed %v, want %v", got, want)
	}
	if want == nil && cases[0].Summary.Verdict != finding.VerdictPass {
		t.Errorf("verdict %s", cases[0].Summary.Verdict)
	}
}

// What Postman exports: rows that are switched off are not sent, the body is that of the
// mode, and credentials become a header.
func TestPostmanExports(t *testing.T) {
	jwt := healthy("redox").compact()
	body := func(rows string) string { return `"body":{"mode":"urlencoded","urlencoded":` + rows + `}` }
	rows := exportParams("key", jwt, "")
	variable := exportParams("key", "{{jwt}}", "")
	secret := func(more string) string {
		return body(exportParams("key", jwt, `,{"key":"client_secret","value":"s3cr3t-value"`+more+`}`))
	}
	header := func(more string) string {
		return `"header":[{"key":"Content-Type","value":"application/json"` + more + `}],` + body(rows)
	}
	raw := quoted(fmt.Sprintf(`{"grant_type": "client_credentials", "client_assertion_type": %q, "client_assertion": %q}`, assertionType, jwt))
	basic := `"auth":{"type":"basic","basic":[{"key":"username","value":"c1"},{"key":"password","value":"s3cr3t-value"}]}`
	twice := []string{"multiple-auth-methods"}
	for _, row := range []exportRow{
		{"a form", body(rows), "", nil},
		{"a secret that is switched off", secret(`,"disabled":true`), "", nil},
		{"a secret that is sent", secret(""), "", twice},
		{"a header that is switched off", header(`,"disabled":true`), "", nil},
		{"a header that is sent", header(""), "", []string{"content-type-json"}},
		{"the form of another mode", `"body":{"mode":"urlencoded","urlencoded":` + rows + `,"raw":` + raw + `,"options":{"raw":{"language":"json"}}}`, "", nil},
		{"JSON", `"body":{"mode":"raw","raw":` + raw + `,"options":{"raw":{"language":"json"}}}`, "", []string{"content-type-json"}},
		{"multipart", `"body":{"mode":"formdata","formdata":` + rows + `}`, "", []string{"body-multipart"}},
		{"basic", basic + "," + body(rows), "", twice},
		{"basic of an older version", `"auth":{"type":"basic","basic":{"username":"c1","password":"s3cr3t-value"}},` + body(rows), "", twice},
		{"basic of the collection", body(rows), basic, twice},
		{"no auth in a collection that has it", `"auth":{"type":"noauth"},` + body(rows), basic, nil},
		{"auth without credentials", `"auth":{"type":"basic","basic":[]},` + body(rows), "", nil},
		{"a token that is not exported", body(rows), `"auth":{"type":"bearer","bearer":[{"key":"token","value":"{{access_token}}"}]}`, nil},
		{"a variable", body(variable), `"variable":[{"key":"jwt","value":` + quoted(jwt) + `}]`, nil},
		{"a variable for another server", body(variable), `"variable":[{"key":"jwt","value":` + quoted(wrongAudience()) + `}]`, []string{"aud-mismatch"}},
		{"a variable in a variable", body(variable), `"variable":[{"key":"jwt","value":"{{made}}"},{"key":"made","value":` + quoted(wrongAudience()) + `}]`, []string{"aud-mismatch"}},
		{"a variable in a raw body", `"body":{"mode":"raw","raw":` + strings.Replace(raw, jwt, "{{jwt}}", 1) + `,"options":{"raw":{"language":"json"}}}`, `"variable":[{"key":"jwt","value":` + quoted(jwt) + `}]`, []string{"content-type-json"}},
		{"a variable whose value is not exported", body(variable), `"variable":[{"key":"jwt","value":""}]`, []string{"placeholder-left"}},
		{"a variable that is switched off", body(variable), `"variable":[{"key":"jwt","value":` + quoted(wrongAudience()) + `,"disabled":true}]`, []string{"placeholder-left"}},
		{"a variable nobody defines", body(variable), "", []string{"placeholder-left"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			more := row.collection
			if more != "" {
				more = "," + more
			}
			text := `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[{"name":"tok","request":{"method":"POST","url":{"raw":"` + tokenAddress + `"},` + row.request + `},"response":[]}]` + more + `}`
			if !json.Valid([]byte(text)) {
				t.Fatal("not JSON")
			}
			checkExport(t, "collection.json", text, row.want)
		})
	}
}

// The address of a request may be in a variable.
func TestExportedAddress(t *testing.T) {
	for _, row := range []struct {
		url, base string
		want      []string
	}{
		{"{{base}}/v2/auth/token", "https://api.redoxengine.com", nil},
		{"{{base}}/v2/auth/token", "https://api.redoxengine.com/v3", []string{"url-not-token-endpoint"}},
		{"{{other}}/v2/auth/token", "https://api.redoxengine.com/v3", nil},
		{"{{ _.other }}/v2/auth/token", "https://api.redoxengine.com/v3", nil},
	} {
		checkExport(t, "collection.json", `{"info":{"name":"c"},"variable":[{"key":"base","value":"`+row.base+`"}],"item":[{"name":"folder","item":[{"name":"tok","request":{"method":"POST","url":"`+row.url+`","body":{"mode":"urlencoded","urlencoded":`+exportParams("key", healthy("redox").compact(), "")+`}}}]}]}`, row.want)
	}
}

// The same of Insomnia and Bruno.
func TestOtherExports(t *testing.T) {
	jwt := healthy("redox").compact()
	insomnia := func(media, params, more string) string {
		return `{"_type":"export","__export_format":4,"resources":[{"_id":"req_1","_type":"request","name":"tok","method":"POST","url":"` + tokenAddress + `","body":{"mimeType":"` + media + `","params":` + params + `}` + more + `}`
	}
	const form = "application/x-www-form-urlencoded"
	env := func(value string) string { return `,{"_type":"environment","data":{"jwt":` + quoted(value) + `}}` }
	off := `,"authentication":{"type":"basic","username":"a","password":"b","disabled":true}`
	bruno := func(body, block, auth, more, assertion string) string {
		return "meta {\n  name: tok\n  type: http\n}\n\npost {\n  url: " + tokenAddress + "\n  body: " + body + "\n  auth: " + auth + "\n}\n\n" + more + block + " {\n  grant_type: client_credentials\n  client_assertion_type: " + assertionType +
			"\n  client_assertion: " + assertion + "\n  ~client_secret: s3cr3t-value\n}\n"
	}
	const basic = "auth:basic {\n  username: c1\n  password: s3cr3t-value\n}\n\n"
	twice := []string{"multiple-auth-methods"}
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"Insomnia", insomnia(form, exportParams("name", jwt, ""), "") + "]}", nil},
		{"Insomnia, a secret that is switched off", insomnia(form, exportParams("name", jwt, `,{"name":"client_secret","value":"x","disabled":true}`), "") + "]}", nil},
		{"Insomnia, a secret that is sent", insomnia(form, exportParams("name", jwt, `,{"name":"client_secret","value":"x"}`), "") + "]}", twice},
		{"Insomnia, basic", insomnia(form, exportParams("name", jwt, ""), strings.Replace(off, `,"disabled":true`, "", 1)) + "]}", twice},
		{"Insomnia, basic that is switched off", insomnia(form, exportParams("name", jwt, ""), off) + "]}", nil},
		{"Insomnia, multipart", insomnia("multipart/form-data", exportParams("name", jwt, ""), "") + "]}", []string{"body-multipart"}},
		{"Insomnia, a variable", insomnia(form, exportParams("name", "{{ _.jwt }}", ""), "") + env(wrongAudience()) + "]}", []string{"aud-mismatch"}},
		{"Insomnia, a variable of two environments", insomnia(form, exportParams("name", "{{ _.jwt }}", ""), "") + env("x") + env("y") + "]}", []string{"placeholder-left"}},
		{"Bruno", bruno("formUrlEncoded", "body:form-urlencoded", "none", "", jwt), nil},
		{"Bruno, for another server", bruno("formUrlEncoded", "body:form-urlencoded", "none", "", wrongAudience()), []string{"aud-mismatch"}},
		{"Bruno, basic", bruno("formUrlEncoded", "body:form-urlencoded", "basic", basic, jwt), twice},
		{"Bruno, basic that is not chosen", bruno("formUrlEncoded", "body:form-urlencoded", "none", basic, jwt), nil},
		{"Bruno, multipart", bruno("multipartForm", "body:multipart-form", "none", "", jwt), []string{"body-multipart"}},
		{"Bruno, a header", bruno("formUrlEncoded", "body:form-urlencoded", "none", "headers {\n  content-type: application/json\n}\n\n", jwt), []string{"content-type-json"}},
		{"Bruno, a header that is switched off", bruno("formUrlEncoded", "body:form-urlencoded", "none", "headers {\n  ~content-type: application/json\n}\n\n", jwt), nil},
		{"Bruno, a variable", bruno("formUrlEncoded", "body:form-urlencoded", "none", "vars:pre-request {\n  jwt: "+wrongAudience()+"\n}\n\n", "{{jwt}}"), []string{"aud-mismatch"}},
	} {
		t.Run(row.name, func(t *testing.T) { checkExport(t, "export.txt", row.text, row.want) })
	}
}
