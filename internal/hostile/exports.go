package hostile

// exports are what API clients export, files of settings, and long logs of programs.
func exports() []Input {
	const (
		collection = `{"info":{"name":"c"},"item":[`
		request    = `{"name":"t","request":{"method":"POST","url":"{{u}}","body":{"mode":"urlencoded","urlencoded":[{"key":"client_assertion","value":"{{v}}"},{"key":"a","value":"b","disabled":true}]}}},`
		none       = `{"name":"x"}]`
		basic      = `{"key":"username","value":"{{v}}"},`
	)
	half := func(name, head, value, between, unit, tail string) Input {
		return Input{Name: name, Make: func(size int) string { return head + fill(value, size/2) + between + fill(unit, size/2) + tail }}
	}
	return []Input{
		filled("export: requests", collection, request, none+`,"variable":[{"key":"v","value":"`+Token()+`"},{"key":"u","value":"https://as.example/token"}]}`),
		filled("export: folders in folders", collection, `{"name":"f","variable":[{"key":"v","value":"w"}],"item":[`, ""),
		filled("export: folders", collection, `{"name":"f","auth":{"type":"basic","basic":[`+basic+`{}]},"variable":[{"key":"v","value":"w"}],"item":[`+request+none+`},`, none+"}"),
		half("export: a long variable", `{"info":{"name":"c"},"variable":[{"key":"v","value":"`, "x", `"}],"item":[`, request, none+"}"),
		half("export: many variables", `{"info":{"name":"c"},"variable":[`, `{"key":"v","value":"{{v}}{{v}}"},`, `{"key":"w","value":""}],"item":[`, request, none+"}"),
		filled("export: rows of credentials", `{"info":{"name":"c"},"auth":{"type":"basic","basic":[`, basic, `{"key":"password","value":"x"}]},"item":[`+request+none+"}"),
		filled("export: multipart", collection+`{"name":"t","request":{"method":"POST","url":"https://as.example/token","body":{"mode":"formdata","formdata":[`, `{"key":"client_assertion","value":"x"},`, `{"key":"a","value":"b"}]}}}]}`),
		filled("export: environments", `{"__export_format":4,"resources":[`, `{"_type":"environment","data":{"v":"w"}},`, `{"_type":"request"}]}`),
		filled("export: blocks of Bruno", "", "post {\n  url: https://as.example/token\n  body: formUrlEncoded\n  auth: basic\n}\n\nbody:form-urlencoded {\n  client_assertion: {{v}}\n}\n", ""),
		filled("export: open blocks of Bruno", "", "post {\n", ""),
		filled("export: empty blocks of Bruno", "", "headers {\n}\n", ""),
		filled("export: rows of Bruno", "post {\n  url: https://as.example/token\n}\n\nheaders {\n", "  a: b\n", "}\n"),
		filled("settings: an environment", "", "CLIENT_ASSERTION=x\nCLIENT_ID=y\n", ""),
		counted("log: requests to an API", "", "2025-11-21T08:00:00Z DEBUG calling https://api.example/%d?a=b status=200", "\n", ""),
		counted("log: requests and tokens", "", "GET https://api.example/%d 200\nassertion="+tiny+"\n2025-11-21T08:00:00Z 400 {\"error\":\"invalid_client\"}", "\n", ""),
		filled("log: records with a time and a message", "", `{"timestamp":"2025-11-21T08:00:00Z","message":"POST https://as.example/token a=b"}`+"\n", ""),
		filled("log: times on one line", "", `{"time":"2025-11-21T08:00:00Z","message":"x"} `, ""),
	}
}
