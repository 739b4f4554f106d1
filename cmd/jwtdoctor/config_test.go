package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assertionworks/jwtdoctor/internal/report"
)

// inProject runs a test in its own directory with this project's file.
func inProject(t *testing.T, config string, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if config != "" {
		files["./"+configName] = config
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The schema of the project's file names the settings that the program reads, and
// accepts and refuses what it does.
func TestConfigSchema(t *testing.T) {
	file, err := filepath.Abs("../../docs/config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range schema.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	want := slices.Sorted(slices.Values(settingKeys()))
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("settings and schema: %s", d)
	}
	var formats struct {
		Properties map[string]struct{ Enum []string }
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &formats); err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Formats() {
		if !slices.Contains(formats.Properties["format"].Enum, f) {
			t.Errorf("the schema does not know the format %s", f)
		}
	}
	inProject(t, "", map[string]string{})
	_, written, _ := run("", "init", "--dry-run", "-p", "redox")
	for _, c := range []struct {
		text string
		fits bool
	}{
		{written, true},
		{"profile: redox\nskip: [jti-guessable, {check: header-typ, reason: x, until: 2027-01-31}]\n", true},
		{"skip: jti-guessable\nset: {time.lifetime.max: 10m, header.alg.accepted: [RS384]}\ninputs: fixtures/*.jwt\n", true},
		{"porfile: redox\n", false},
		{"proxy: http://proxy.example:8080\n", false},
		{"skip: [{reason: x}]\n", false},
		{"skip: [{check: header-typ, until: tomorrow}]\n", false},
		{"skip: [{check: header-typ, because: x}]\n", false},
		{"profile: [redox, epic]\n", false},
	} {
		_, err := parseConfig("/x/"+configName, []byte(c.text))
		if (err == nil) != c.fits {
			t.Errorf("the program on %q: %v", c.text, err)
		}
		var v any
		if err := yaml.Unmarshal([]byte(c.text), &v); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != c.fits {
			t.Errorf("the schema on %q: %v", c.text, err)
		}
	}
}

// A skip applies through its last day and not beyond; the day after is reported.
func TestSkipEnds(t *testing.T) {
	const config = "now: iat\nprofile: redox\nskip:\n  - check: time-lifetime\n    reason: the sandbox allows an hour\n    until: 2026-11-21\n"
	inProject(t, config, map[string]string{"a.jwt": example(t, "too-long.jwt")})
	lastDay := time.Date(2026, 11, 21, 23, 59, 59, 0, time.UTC)
	if code, out, errs := runAt(lastDay, nil, "", "check", "a.jwt"); code != 0 || errs != "" {
		t.Errorf("on its last day: exit code %d\n%s%s", code, out, errs)
	}
	code, _, errs := runAt(lastDay.Add(time.Second), nil, "", "check", "a.jwt")
	if code != 1 || !strings.Contains(errs, ".jwtdoctor.yaml:4: skip time-lifetime until 2026-11-21 (the sandbox allows an hour) has ended") {
		t.Errorf("the day after: exit code %d, %s", code, errs)
	}
	// A flag replaces the list.
	if code, _, errs := runAt(lastDay, nil, "", "check", "--skip", "header-typ", "a.jwt"); code != 1 || errs != "" {
		t.Errorf("with --skip: exit code %d, %s", code, errs)
	}
}

// check without an input reads what the project's file names, unless something is on
// standard input.
func TestInputsOfTheProject(t *testing.T) {
	good := example(t, "good.jwt")
	files := map[string]string{"fixtures/a.jwt": example(t, "too-long.jwt"), "fixtures/b.jwt": good, "deep/er/x": ""}
	inProject(t, "profile: redox\nnow: iat\ninputs: [fixtures/*.jwt]\n", files)
	if err := os.Mkdir(".git", 0o755); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run("", "check", "-f", "ndjson")
	if code != 1 || strings.Count(out, "\n") != 2 || !strings.Contains(out, "lifetime-too-long") || errs != "" {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
	code, out, _ = run(good, "check", "-f", "ndjson")
	if code != 0 || strings.Count(out, "\n") != 1 || !strings.Contains(out, `"source":"stdin"`) {
		t.Errorf("with standard input: exit code %d, %s", code, out)
	}
	t.Chdir("deep/er")
	if code, out, errs = run("", "check", "-f", "ndjson"); code != 1 || strings.Count(out, "\n") != 2 {
		t.Errorf("from below: exit code %d, %s%s", code, out, errs)
	}
	for text, want := range map[string]string{
		"inputs: [fixtures/*.har]\n": "no file matches",
		"inputs: [../*.jwt]\n":       "does not stay below",
		"inputs: [/etc/*]\n":         "does not stay below",
		"inputs: ['fixtures/[']\n":   "is not a pattern",
	} {
		inProject(t, text, map[string]string{})
		if code, out, errs := run("", "check"); code != 2 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%q: exit code %d, %s%s", text, code, out, errs)
		}
	}
}

func TestConfigShowsWhereFrom(t *testing.T) {
	inProject(t, "profile: redox\nskip: [{check: header-typ, until: 2027-01-31}]\ninputs: ['*.jwt']\n", map[string]string{})
	code, out, errs := runAt(pinnedNow(), []string{"JWTDOCTOR_ENV=production"}, "", "config", "--client-id", "me", "-f", "json")
	if code != 0 || errs != "" {
		t.Fatal(code, errs)
	}
	var got struct {
		File     string
		Settings []setting
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	have := map[string]setting{}
	for _, s := range got.Settings {
		have[s.Name] = s
	}
	for name, want := range map[string]setting{
		"profile":   {Value: "redox", From: ".jwtdoctor.yaml:1"},
		"env":       {Value: "production", From: "JWTDOCTOR_ENV"},
		"client-id": {Value: "me", From: "flag"},
		"skip":      {Value: "header-typ until 2027-01-31", From: ".jwtdoctor.yaml:2"},
		"inputs":    {Value: "*.jwt", From: ".jwtdoctor.yaml:3"},
		"fail-on":   {Value: "error", From: "default"},
	} {
		want.Name = name
		if d := cmp.Diff(want, have[name]); d != "" {
			t.Errorf("%s", d)
		}
	}
	if code, out, _ := run("", "config"); code != 0 || !strings.Contains(out, "profile ") || !strings.Contains(out, ".jwtdoctor.yaml:1") {
		t.Errorf("exit code %d, %s", code, out)
	}
}

func TestInit(t *testing.T) {
	fixtures := map[string]string{"fixtures/a.jwt": example(t, "good.jwt"), "fixtures/b.jwt": example(t, "too-long.jwt"), "main.go": "package main\n"}
	inProject(t, "", fixtures)
	if code, out, errs := run("", "init"); code != 0 || !strings.Contains(out, "profile redox, inputs fixtures/*.jwt") || errs != "" {
		t.Fatalf("exit code %d, %s%s", code, out, errs)
	}
	if code, out, errs := run("", "check", "-f", "ndjson"); code != 1 || strings.Count(out, "\n") != 2 {
		t.Errorf("what it wrote: exit code %d, %s%s", code, out, errs)
	}
	if code, _, errs := run("", "init"); code != 2 || !strings.Contains(errs, "--force") {
		t.Errorf("a second time: exit code %d, %s", code, errs)
	}
	if code, _, errs := run("", "init", "--force", "-p", "epic", "--now", "now", "fixtures/a.jwt"); code != 0 {
		t.Errorf("with flags: exit code %d, %s", code, errs)
	}
	text, err := os.ReadFile(configName)
	if err != nil || !strings.Contains(string(text), "\nprofile: epic\n") || !strings.Contains(string(text), "\nnow: now\n") || !strings.Contains(string(text), "  - fixtures/a.jwt\n") {
		t.Errorf("%v\n%s", err, text)
	}
	for _, args := range [][]string{{"-p", "nobody"}, {"--now", "yesterday"}, {"--jwks", "https://x.example/jwks"}, {"../x.jwt"}} {
		if code, out, errs := run("", append([]string{"init", "--dry-run"}, args...)...); code != 2 || out != "" || errs == "" {
			t.Errorf("init %v: exit code %d, %s%s", args, code, out, errs)
		}
	}
}

// On a terminal it asks, an empty line accepts what is offered, and the end of input
// accepts the rest.
func TestInitAsks(t *testing.T) {
	inProject(t, "", map[string]string{"fixtures/a.jwt": example(t, "good.jwt")})
	w, out, errs := plainWorld(strings.NewReader("\n\nmy-client\n"))
	w.InIsTTY = true
	if code := Main(t.Context(), []string{"init"}, w); code != 0 {
		t.Fatalf("exit code %d, %s%s", code, out, errs)
	}
	text, err := os.ReadFile(configName)
	if err != nil || !strings.Contains(string(text), "\nprofile: redox\n") || !strings.Contains(string(text), "\nclient-id: my-client\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if !strings.Contains(errs.String(), "Provider profile (redox: 1 of 1) [redox]: ") {
		t.Errorf("%s", errs)
	}
}

// What makes jwtdoctor trust or send something is refused by its name, and so is a
// file that is there and cannot be read: without it, its skips would be forgotten.
func TestConfigRefuses(t *testing.T) {
	inProject(t, "", map[string]string{"a.jwt": example(t, "good.jwt")})
	for _, key := range []string{"ca", "proxy", "discover", "key"} {
		if err := os.WriteFile(configName, []byte(key+": x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := run("", "check", "a.jwt"); code != 2 || !strings.Contains(errs, ":1: "+key+" can be set only on the command line") {
			t.Errorf("%s: exit code %d, %s", key, code, errs)
		}
	}
	if err := os.Remove(configName); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run("", "check", "a.jwt"); code != 0 {
		t.Fatalf("control: exit code %d, %s", code, errs)
	}
	for _, to := range []string{configName, "missing"} {
		if err := os.Symlink(to, configName); err != nil {
			t.Skip(err)
		}
		if code, _, errs := run("", "check", "a.jwt"); code != 2 || !strings.Contains(errs, configName) {
			t.Errorf("a link to %s: exit code %d, %s", to, code, errs)
		}
		if code, _, errs := run("", "check", "--response", configName); code != 2 || strings.Contains(errs, "did you mean") {
			t.Errorf("a link to %s as input: exit code %d, %s", to, code, errs)
		}
		if err := os.Remove(configName); err != nil {
			t.Fatal(err)
		}
	}
}
