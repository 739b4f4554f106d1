package hostile

// programs are requests as source code.
func programs() []Input {
	const set = `form.Set("grant_type", "client_credentials")` + "\n"
	return []Input{
		filled("program: literals that are joined", `body = "grant_type=a"`, ` + "&b=c"`, ""),
		filled("program: literals with names between", `body = "grant_type=a"`, ` + name + "&b="`, ""),
		filled("program: literals below each other", "body = (\"grant_type=a\"\n", "\"&b=c\"\n", ")"),
		filled("program: literals far below each other", "body =\n"+fill("\n", 4<<10), "\"a\"\n", ""),
		filled("program: appended literals", "", `b.append("a");`+"\n", ""),
		filled("program: calls without an end", `x = "a"`, ` + f("a"`, ""),
		filled("program: calls in calls", `x = "a" + `, "f(", ""),
		filled("program: open literals", "", `"\" + `, ""),
		filled("program: open literals of all kinds", "", "= \"a ' + ` .\n", ""),
		filled("program: literals and blanks", `x = "a"`, " ", `+ "b"`),
		filled("program: one long name", "x = 'a' + ", "a.", ""),
		filled("program: holes in a literal", "x = `", "${f(y)}", "`"),
		filled("program: open holes", "x = `", "${", "`"),
		filled("program: a name in a literal", "y = 'b'\nx = f\"", "{y}", "\""),
		filled("program: assignments", "", "a = \"b\"\n", ""),
		filled("program: equals signs in a literal", `a = "`, `='`, `"`),
		counted("program: many names", "", `a%d = "b"`, "\n", ""),
		{Name: "program: a long literal with a short name", Make: func(size int) string {
			return "y = '" + fill("b", size/2) + "'\nx = f\"" + fill("{y}", size/2) + "\"\n"
		}},
		{Name: "program: a long literal that is sent often", Make: func(size int) string {
			return "y = '" + fill("b", size/2) + "'\n" + fill("d = {'grant_type': 'a', 'client_assertion': y}\n", size/2)
		}},
		filled("program: parameters that are set", "", set, ""),
		filled("program: half of parameters that are set", "", `("client_id", "`, ""),
		filled("program: a parameter and brackets", set, "(", ""),
		filled("program: objects that are sent", "", "d = {'grant_type': 'a', 'client_assertion': b}\nrequests.post(u, json=d)\n", ""),
		filled("program: calls in an object", "requests.post(u, data={'client_assertion': ", "f(", ""),
		filled("program: new objects", "fetch(u, {body: ", "new A(", ""),
	}
}
