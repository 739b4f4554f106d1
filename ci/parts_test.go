package ci_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

type step struct {
	Name string            `yaml:"name"`
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	With map[string]any    `yaml:"with"`
	Env  map[string]string `yaml:"env"`
}

type workflow struct {
	Permissions any `yaml:"permissions"`
	Jobs        map[string]struct {
		Permissions map[string]string `yaml:"permissions"`
		Timeout     int               `yaml:"timeout-minutes"`
		Steps       []step            `yaml:"steps"`
	} `yaml:"jobs"`
	Runs struct {
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

// What workflows and the action must keep to: every foreign action by full commit, no
// expression inside a script, no stored credentials, no permission that is not asked
// for, nothing cached into a release.
func TestWorkflowsAreSafe(t *testing.T) {
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "../action.yml") {
		text := read(t, file)
		for _, fault := range unsafe(t, text, strings.Contains(file, "release")) {
			t.Errorf("%s: %s", file, fault)
		}
	}
	// Each rule finds what it is for.
	for fault, text := range map[string]string{
		"a commit":     "permissions: {}\njobs: {a: {timeout-minutes: 1, steps: [{uses: actions/setup-go@v7}]}}",
		"expression":   "permissions: {}\njobs: {a: {timeout-minutes: 1, steps: [{run: 'echo ${{ github.head_ref }}'}]}}",
		"credentials":  "permissions: {}\njobs: {a: {timeout-minutes: 1, steps: [{uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1}]}}",
		"permissions":  "jobs: {a: {timeout-minutes: 1, steps: []}}",
		"cache":        "permissions: {}\njobs: {a: {timeout-minutes: 1, steps: [{uses: actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e}]}}",
		"time limit":   "permissions: {}\njobs: {a: {steps: []}}",
		"pull_request": "on: pull_request_target\npermissions: {}\njobs: {}",
	} {
		if found := strings.Join(unsafe(t, text, true), "\n"); !strings.Contains(found, fault) {
			t.Errorf("%s is not found: %q", fault, found)
		}
	}
}

func unsafe(t *testing.T, text string, release bool) (faults []string) {
	t.Helper()
	var w workflow
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	commit := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	steps := w.Runs.Steps
	if len(steps) == 0 {
		if m, ok := w.Permissions.(map[string]any); !ok || len(m) > 0 {
			faults = append(faults, "permissions at the top must be {}")
		}
	}
	if strings.Contains(text, "pull_request_target") {
		faults = append(faults, "pull_request_target runs a stranger's code with secrets")
	}
	for name, job := range w.Jobs {
		steps = append(steps, job.Steps...)
		if job.Timeout == 0 {
			faults = append(faults, name+" has no time limit")
		}
	}
	for _, s := range steps {
		if s.Uses != "" && s.Uses != "./" && !commit.MatchString(s.Uses) {
			faults = append(faults, s.Uses+" is not pinned to a commit")
		}
		if strings.Contains(s.Run, "${{") {
			faults = append(faults, "an expression inside run: "+s.Run)
		}
		if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false {
			faults = append(faults, "checkout keeps its credentials")
		}
		if release && strings.HasPrefix(s.Uses, "actions/setup-") && s.With["cache"] != false {
			faults = append(faults, "a cache in the release")
		}
	}
	return faults
}

func TestGitLabComponent(t *testing.T) {
	needs(t, "sh")
	_, body, ok := strings.Cut(read(t, "../templates/jwtdoctor.yml"), "\n---\n")
	if !ok {
		t.Fatal("the component has no specification")
	}
	var jobs map[string]struct {
		Variables    map[string]string `yaml:"variables"`
		BeforeScript []string          `yaml:"before_script"`
		Script       []string          `yaml:"script"`
		Artifacts    struct {
			Reports map[string]string `yaml:"reports"`
		} `yaml:"artifacts"`
	}
	if err := yaml.Unmarshal([]byte(body), &jobs); err != nil {
		t.Fatal(err)
	}
	job := jobs["jwtdoctor"]
	lines := strings.Join(append(job.BeforeScript, job.Script...), "\n")
	if strings.Contains(lines, "$[[") {
		t.Error("an input is written into the script")
	}
	for _, c := range []struct {
		files  string
		status int
	}{{"good/*.jwt", 0}, {"bad/*.jwt", 1}, {"none/*.jwt", 2}} {
		dir := project(t)
		// A name that a pattern may begin with a hyphen is for the user to write as ./-x.
		os.Remove(filepath.Join(dir, "good", "-v.jwt"))
		os.Rename(filepath.Join(dir, "good", "a b.jwt"), filepath.Join(dir, "good", "a.jwt"))
		out, status := sh{dir, []string{"JWTDOCTOR_FILES=" + c.files, "JWTDOCTOR_PROFILE=redox", "JWTDOCTOR_NOW=iat", "JWTDOCTOR_FAIL_ON=error", "JWTDOCTOR_INSTALL=latest"},
			[]string{"sh", "-e", "-c", lines}}.run(t)
		if status != c.status {
			t.Errorf("%s: exit status %d\n%s", c.files, status, out)
		}
		if status == 2 {
			continue
		}
		var quality []map[string]any
		if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, job.Artifacts.Reports["codequality"]))), &quality); err != nil || (len(quality) > 0) != (status == 1) {
			t.Errorf("%s: code quality: %v, %d", c.files, err, len(quality))
		}
		var suites struct{}
		if err := xml.Unmarshal([]byte(read(t, filepath.Join(dir, job.Artifacts.Reports["junit"]))), &suites); err != nil {
			t.Errorf("%s: JUnit: %v", c.files, err)
		}
	}
}

func TestPreCommitHook(t *testing.T) {
	needs(t, "sh")
	var hooks []struct{ ID, Entry, Language, Files string }
	if err := yaml.Unmarshal([]byte(read(t, "../.pre-commit-hooks.yaml")), &hooks); err != nil || len(hooks) != 1 {
		t.Fatal(hooks, err)
	}
	h := hooks[0]
	if h.Language != "golang" || !regexp.MustCompile(h.Files).MatchString("fixtures/a.jwt") || regexp.MustCompile(h.Files).MatchString("main.go") {
		t.Errorf("%+v", h)
	}
	dir := project(t)
	for file, want := range map[string]int{"good/a b.jwt": 0, "bad/it's.jwt": 1} {
		// pre-commit splits the entry into words and appends the file names.
		if out, status := (sh{dir, nil, append(strings.Fields(h.Entry), file)}).run(t); status != want {
			t.Errorf("%s: exit status %d\n%s", file, status, out)
		}
	}
}

func TestPlainShellExample(t *testing.T) {
	needs(t, "sh")
	dir := project(t)
	script := filepath.Join(root(t), "examples", "ci", "check.sh")
	for file, want := range map[string]int{"good/a b.jwt": 0, "bad/it's.jwt": 1} {
		if out, status := (sh{dir, []string{"JWTDOCTOR_PROFILE=redox"}, []string{script, file}}).run(t); status != want {
			t.Errorf("%s: exit status %d\n%s", file, status, out)
		}
		contains(t, read(t, filepath.Join(dir, "jwtdoctor.xml")), "<testsuite")
	}
}

func TestAzureExample(t *testing.T) {
	needs(t, "bash")
	var pipeline struct {
		Variables map[string]string
		Steps     []struct {
			Script      string
			DisplayName string `yaml:"displayName"`
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "../examples/ci/azure-pipelines.yml")), &pipeline); err != nil {
		t.Fatal(err)
	}
	var env []string
	for name, value := range pipeline.Variables {
		env = append(env, name+"="+value)
	}
	for _, s := range pipeline.Steps {
		if s.DisplayName != "Check assertions" {
			continue
		}
		for from, want := range map[string]int{"good": 0, "bad": 1} {
			dir := project(t)
			os.Remove(filepath.Join(dir, "good", "-v.jwt"))
			if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, "fixtures")); err != nil {
				t.Fatal(err)
			}
			out, status := sh{dir, append(env, "GOPATH="+dir, "GOFLAGS=", "GOCACHE="+dir), []string{"bash", "-e", "-c", s.Script}}.run(t)
			if status != want {
				t.Errorf("%s: exit status %d\n%s", from, status, out)
			}
			contains(t, read(t, filepath.Join(dir, "jwtdoctor.xml")), "<testsuite")
		}
		return
	}
	t.Error("there is no step that checks")
}
