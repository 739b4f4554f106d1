package input

import (
	"errors"
	"strings"
	"testing"
)

// A few lines that ask for more than fits in memory end with an error; what a real script
// does with its variables does not.
func TestSupply(t *testing.T) {
	big := func(string) ([]byte, error) { return []byte(strings.Repeat("y", maxCommand)), nil }
	x := strings.Repeat("x", 60000)
	const ps = "\nirm https://a.test -Method Post -Body $a"
	rows := []struct {
		name, text string
		files      Files
		over       bool
	}{
		{"PowerShell, doubled", "$a='aaaaaaaaaa'\n" + strings.Repeat("$a=$a+$a\n", 40) + ps, nil, true},
		{"PowerShell, doubled by +=", "$a='aaaaaaaaaa'\n" + strings.Repeat("$a+=$a\n", 40) + ps, nil, true},
		{"PowerShell, tables doubled", "$a=@{b='c'}\n" + strings.Repeat("$a+=$a\n", 40) + ps, nil, true},
		{"PowerShell, tables within tables", "$a=@{b='c'}\n" + strings.Repeat("$a=@{x=$a;y=$a}\n", 38) + "$b=$a | ConvertTo-Json\nirm https://a.test -Method Post -Body $b", nil, true},
		{"PowerShell, encoded again and again", "$a='" + x + "'\n" + strings.Repeat("$a=[uri]::EscapeDataString($a+'%%%')\n", 100) + ps, nil, true},
		{"PowerShell, headers", "$a='" + x + "'\n$h=@{\n" + strings.Repeat("h=$a\n", 30) + "}\n" + strings.Repeat("irm https://a.test -Headers $h -Body 'a=b'\n", 30), nil, true},
		{"PowerShell, a healthy script", "$a='" + x + "'\n$b=$a+$a\n$b+='c'\nirm https://a.test -Method Post -Body $b", nil, false},
		{"data", "A=" + x + "\ncurl https://a.test " + strings.Repeat("-d $A ", 200), nil, true},
		{"words", "A=" + x + "\ncurl " + strings.Repeat("$A ", 200), nil, true},
		{"header fields", "A=" + x + "\ncurl https://a.test " + strings.Repeat("-H X:$A ", 200), nil, true},
		{"arrays", "A=(" + strings.Repeat("-d a=1 ", 400) + ")\ncurl https://a.test " + strings.Repeat("\"${A[@]}\" ", 1000), nil, true},
		{"many URLs", "curl -d " + x + strings.Repeat(" https://a.test", 200), nil, true},
		{"wget and many URLs", "wget --post-data " + x + strings.Repeat(" https://a.test", 200), nil, true},
		{"curl's variables", "curl https://a.test --variable a=" + x + strings.Repeat(" --expand-data {{a:trim}}", 200), nil, true},
		{"cmd.exe", "set A=" + x + "\ncurl https://a.test ^\n" + strings.Repeat("-d \"%A%\" ^\n", 15) + "\n" + strings.Repeat("curl https://a.test -d \"%A%\"\n", 100), nil, true},
		{"files", "curl https://a.test " + strings.Repeat("-d @big ", 20), big, true},
		{"a healthy script", "A=" + x + "\ncurl https://a.test -d \"a=$A\" -d \"b=$A\"\ncurl https://b.test -d \"a=$A\"", nil, false},
		{"a value that grows", "A=x\n" + strings.Repeat("A+=xyz\n", 5000) + "curl https://a.test -d $A", nil, false},
		{"a healthy file", "curl https://a.test -d @big", big, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := commands(document(row.text), row.files)
			if over := errors.Is(err, ErrMalformed) && strings.Contains(err.Error(), "builds more than 4 MiB"); over != row.over {
				t.Errorf("%d requests, error %v", len(got), err)
			}
			if !row.over && (err != nil || len(got) == 0) {
				t.Errorf("%d requests, error %v", len(got), err)
			}
		})
	}
	http := "@a = " + strings.Repeat("x", 16000) + "\n" + strings.Repeat("POST https://a.test\nA: "+strings.Repeat("{{a}}", 130)+"\n\na=b\n\n###\n", 10)
	if _, err := httpText(httpDoc(http), nil); err == nil || !strings.Contains(err.Error(), "builds more than") {
		t.Errorf("a REST client's file: %v", err)
	}
	if _, err := httpText(httpDoc("@a = "+strings.Repeat("x", 16000)+"\nPOST https://a.test\nA: {{a}}\n\na={{a}}\n"), nil); err != nil {
		t.Errorf("a healthy REST client's file: %v", err)
	}
}

// A pair added to a copy of a hashtable changes neither the hashtable nor another copy.
func TestPowerShellTables(t *testing.T) {
	for text, want := range map[string]string{
		"$a=@{x='1'}\n$b=$a\n$b.y='2'\n$a.z='3'\n$b.x='4'\nirm https://a.test -Method Post -Body $a":        "POST https://a.test form-urlencoded x=1 z=3",
		"$a=@{x='1'}\n$b=$a\n$b.y='2'\n$a.z='3'\n$b.x='4'\nirm https://a.test -Method Post -Body $b":        "POST https://a.test form-urlencoded x=4 y=2",
		"$a=@{x='1'}\n$b=$a\n$c=$a\n$b.y='2'\n$c.y='3'\nirm https://a.test -Method Post -Body $b":           "POST https://a.test form-urlencoded x=1 y=2",
		"$a=@{i=@{x='1'}}\n$b=$a.i\n$c=$a.i\n$b.y='2'\n$c.y='3'\nirm https://a.test -Method Post -Body $b":  "POST https://a.test form-urlencoded x=1 y=2",
		"$a=@{x='1'}\n$b=$a+@{y='2'}\n$c=$a+@{y='3'}\nirm https://a.test -Method Post -Body $b":             "POST https://a.test form-urlencoded x=1 y=2",
		"$a=@{x='1'}\n$a.y='2'\n$a.X='3'\n$a+=@{z='4'}\n$a.Z='5'\nirm https://a.test -Method Post -Body $a": "POST https://a.test form-urlencoded x=3 y=2 z=5",
	} {
		if got := line(one(t, text)); got != want {
			t.Errorf("%s\n%s, want %s", text, got, want)
		}
	}
}

// Appending to a copy of a variable does not change the variable.
func TestPowerShellCopies(t *testing.T) {
	r := one(t, "$a='q'\n$a+='r'\n$b=$a+'1'\n$c=$a+'2'\nirm https://a.test -Method Post -Body \"a=$a&b=$b&c=$c\"")
	if got := line(r); got != "POST https://a.test form-urlencoded a=qr b=qr1 c=qr2" {
		t.Error(got)
	}
}

func TestUnreadFileTellsWhy(t *testing.T) {
	refuse := func(string) ([]byte, error) { return nil, errors.New("it is a folder") }
	for _, text := range []string{"curl https://a.test -d @x", "curl https://a.test -F a=@x", "wget https://a.test --post-file x", "http https://a.test a=@x", "irm https://a.test -Method Post -InFile x"} {
		for _, files := range []Files{refuse, nil} {
			got, err := commands(document(text), files)
			if err != nil || len(got) != 1 || len(got[0].Unread) != 1 {
				t.Fatalf("%s: %v, %v", text, got, err)
			}
			told := strings.Contains(strings.Join(got[0].Notes, "\n"), NotRead("x")+": it is a folder")
			if told != (files != nil) {
				t.Errorf("%s: %q", text, got[0].Notes)
			}
		}
	}
}
