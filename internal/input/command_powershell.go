package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// powerShellRequests reads the requests in one stretch of PowerShell: those of its
// cmdlets, and of curl.exe called from it.
func powerShellRequests(d evidence.Document, s *shell, from, to int) ([]*evidence.Request, error) {
	p := &psReader{shell: s, i: from, to: to, values: map[string]psValue{}}
	var out []*evidence.Request
	for p.i < p.to && len(out) < maxRequests {
		p.blanks(true)
		at := p.i
		if at >= p.to {
			break
		}
		if p.assignment() {
			continue
		}
		name := p.word()
		switch cmdlet := strings.ToLower(strings.TrimSuffix(strings.ToLower(name), ".exe")); {
		case cmdlet == "invoke-restmethod" || cmdlet == "invoke-webrequest" || (cmdlet == "irm" || cmdlet == "iwr") && p.called(at):
			p.i = at + len(name)
			if r := p.cmdlet(d, at); r != nil && p.damage == nil {
				out = append(out, r)
			}
		case (cmdlet == "curl" || cmdlet == "wget") && p.called(at):
			p.i = at + len(name)
			if !strings.HasSuffix(strings.ToLower(name), ".exe") && p.aliased() {
				if r := p.cmdlet(d, at); r != nil && p.damage == nil {
					out = append(out, r)
				}
				continue
			}
			if inv := p.native(cmdlet, at); p.damage == nil {
				out = append(out, invoked(d, p.supply, inv)...)
			}
		default:
			p.skip(at, name)
		}
	}
	if p.more && len(out) > 0 {
		last := out[len(out)-1]
		last.Notes = foremost(last.Notes, limited(maxValues, "pairs of a hashtable"))
	}
	if p.damage != nil {
		return out, p.damage
	}
	return out, nil
}

// word is the bare word that begins here.
func (p *psReader) word() string {
	end := p.i
	for end < p.to && end < p.i+100 && strings.IndexByte(" \t\r\n;|(){}=\"'`$@,", p.src[end]) < 0 {
		end++
	}
	return p.src[p.i:end]
}

// called reports whether a short name is where a command is called.
func (p *psReader) called(at int) bool {
	return argumentLike(strings.TrimLeft(p.src[min(at+4, p.to):p.to], " \t.ex")) || strings.HasPrefix(strings.TrimLeft(p.src[min(at+3, p.to):p.to], " \t"), "@")
}

// skip skips one token that is not part of a request.
func (p *psReader) skip(at int, name string) {
	p.i = at + len(name)
	if name != "" {
		return
	}
	var m mapped
	switch kind, _ := psQuote(p.rest()); {
	case kind != 0:
		// Quotation marks in prose need not be closed.
		before, start := p.damage, p.i
		if p.astray > maxCommand/4 {
			p.i++ // so much text without a closing mark is prose
			return
		}
		if p.quoted(&m); p.damage != before {
			p.astray += p.i - start
			p.damage, p.i = before, endOfLine(p.src, start, p.to)
		}
	case p.hereString(&m):
	default:
		p.i++
	}
}

// aliased reports whether curl is an alias of Invoke-WebRequest here, as it is in
// Windows PowerShell.
func (p *psReader) aliased() bool {
	return psAlias(p.src[p.i:logicalLine(p.src, p.i, p.to, '`')])
}

// ended reports whether the command ends here.
func (p *psReader) ended() bool {
	p.blanks(false)
	return p.i >= p.to || strings.IndexByte("\n;|)}", p.src[p.i]) >= 0
}

// native reads the arguments of a program.
func (p *psReader) native(name string, at int) invocation {
	inv := invocation{name: name}
	for !p.ended() && p.src[p.i] != '#' {
		start := p.i
		v := p.value(true)
		w := word{mapped: v.text, span: jsonspan.Span{Start: start, End: p.i}}
		if strings.Contains(v.text.String(), `"`) && len(inv.notes) == 0 {
			inv.notes = append(inv.notes, "PowerShell before 7.3 removes double quotes from what it passes to a program; curl may get different text")
		}
		if len(inv.args) < maxWords {
			inv.args = append(inv.args, w)
		} else {
			inv.cut(true)
		}
	}
	inv.span = jsonspan.Span{Start: at, End: p.i}
	return inv
}

// psArguments are the arguments of a cmdlet.
type psArguments struct {
	draft
	uri, contentType psValue
	body             *psValue
	form             *psValue
	file             *psValue
	agent, token     *psValue
}

// cmdlet reads Invoke-RestMethod or Invoke-WebRequest, whose name ends here.
func (p *psReader) cmdlet(d evidence.Document, at int) *evidence.Request {
	a := psArguments{draft: draft{what: "a PowerShell command", program: evidence.ProgramPowerShell, follow: true, supply: p.supply}}
	for !p.ended() {
		s := p.rest()
		switch {
		case s[0] == '#':
			p.i = endOfLine(p.src, p.i, p.to)
		case s[0] == '@' && nameLength(s[1:]) > 0:
			n := nameLength(s[1:])
			table, ok := p.values[strings.ToLower(s[1:1+n])]
			if !ok || !table.isTable {
				a.note("what @" + s[1:1+n] + " contains is not known")
				a.loose = true
			}
			for _, pair := range table.table {
				a.set(strings.ToLower(pair.name.String()), pair.value)
			}
			p.i += 1 + n
		case s[0] == '-' && len(s) > 1 && letter(s[1]):
			n := 1 + nameLength(s[1:])
			p.i += n
			name := psParameter(strings.ToLower(s[1:n]))
			if strings.HasPrefix(p.rest(), ":") {
				p.i++
			} else if psSwitch(name) {
				a.set(name, psValue{})
				continue
			}
			if !p.ended() {
				a.set(name, p.value(true))
			}
		default:
			v := p.value(true)
			if a.uri.text.len() == 0 {
				a.uri = v
			}
		}
	}
	if a.uri.text.len() == 0 && a.body == nil && a.uri.text.holes == nil {
		return nil
	}
	return a.send(d)
}

// psParameter completes the beginning of a parameter's name.
func psParameter(name string) string {
	for _, full := range [...]string{"uri", "method", "headers", "body", "contenttype", "form", "infile", "useragent", "proxy", "skipcertificatecheck",
		"usebasicparsing", "authentication", "token", "credential", "custommethod", "maximumredirection", "outfile", "timeoutsec", "httpversion"} {
		if full == name || len(name) > 2 && strings.HasPrefix(full, name) {
			return full
		}
	}
	return name
}

func psSwitch(name string) bool {
	switch name {
	case "usebasicparsing", "skipcertificatecheck", "disablekeepalive", "allowunencryptedauthentication", "usedefaultcredentials", "passthru", "resume",
		"skiphttperrorcheck", "skipheadervalidation", "verbose", "preserveauthorizationonredirect", "allowinsecureredirect", "noproxy", "followrellink",
		"proxyusedefaultcredentials", "debug":
		return true
	}
	return false
}

func (a *psArguments) set(name string, v psValue) {
	switch name {
	case "uri":
		a.uri = v
	case "method", "custommethod":
		a.method = strings.ToUpper(v.text.String())
		a.methodSpan, _ = v.text.place(0, v.text.len())
		if a.leave(v.text) {
			a.method, a.methodOpen = "", true
		}
	case "headers":
		if !v.isTable {
			a.loose = true
			a.leave(v.text)
			a.note("the headers are not known: they are " + v.text.String())
		}
		for _, pair := range v.table {
			if a.supply.draw(pair.cost()) {
				a.field(pair.name, pair.value.text)
			}
		}
	case "body":
		a.body = &v
	case "form":
		a.form = &v
	case "infile":
		a.file = &v
	case "contenttype":
		a.contentType = v
	case "useragent":
		a.agent = &v
	case "token":
		a.token = &v
	case "proxy":
		a.proxy = withoutCredentials(v.text.String())
	case "skipcertificatecheck":
		a.insecure = v.text.String() != "$false"
	case "maximumredirection":
		a.follow = v.text.String() != "0"
	case "credential":
		a.note("PowerShell sends user and password only after the server has asked for them")
	}
}

// send makes the request.
func (a *psArguments) send(d evidence.Document) *evidence.Request {
	if a.method == "" && !a.methodOpen {
		a.method = "GET"
	}
	u := a.uri.text
	u.placeholders()
	open := false
	if u.len() > 0 {
		_, open = u.holeAt(0, 1)
	}
	if u.len() > 0 && !open && !hasScheme(u.String()) {
		var full mapped
		full.put("http://", -1)
		full.join(u)
		u = full
		a.note("the URL has no scheme; PowerShell uses http://")
	}
	body := payload{}
	implied := ""
	switch {
	case a.form != nil && a.form.isTable:
		body.has, implied = true, "multipart/form-data"
		for _, pair := range a.form.table {
			if !a.supply.draw(pair.cost()) {
				break
			}
			body.form = append(body.form, formPart{name: pair.name, value: pair.value.text})
		}
	case a.file != nil:
		in := fileStream(a.supply, a.file.text.String(), a.file.span)
		body.has, body.mapped, body.unknown = true, in.mapped, in.unknown
		a.unreadFile(in.file)
	case a.body != nil && a.body.isTable:
		var form mapped
		for _, pair := range a.body.table {
			form = a.joinPair(form, pair)
		}
		if a.method == "GET" {
			u = withQuery(u, form)
			break
		}
		body.has, body.mapped = true, form
		implied = "application/x-www-form-urlencoded"
	case a.body != nil:
		body.has, body.mapped = true, a.body.text
		body.placeholders()
		if a.method == "POST" {
			implied = "application/x-www-form-urlencoded"
		}
	}
	if a.contentType.text.len() > 0 {
		a.header("Content-Type", a.contentType.text, false)
	} else if implied != "" {
		a.imply("Content-Type", implied)
	}
	if a.token != nil {
		a.header("Authorization", bearerOf(a.token.text), true)
	}
	if a.agent != nil {
		a.header("User-Agent", a.agent.text, true)
	}
	a.imply("User-Agent", "Mozilla/5.0 PowerShell")
	r := a.request(d, u, body)
	host := hostOn(a.uri.text)
	r.URLSpan, _ = host.place(0, host.len())
	return r
}

func bearerOf(token mapped) mapped {
	var m mapped
	m.put("Bearer ", -1)
	m.join(token)
	return m
}

// joinPair adds one pair of a hashtable to a form, encoded as PowerShell does.
func (a *psArguments) joinPair(form mapped, p *psPair) mapped {
	if !a.supply.draw(p.cost()) {
		return form
	}
	value := p.value.text
	if p.value.isTable {
		value = p.value.json(a.supply, 0)
	}
	value.placeholders()
	return pair(form, percentEncoded(p.name), percentEncoded(value))
}
