package finding

import "encoding/json"

// ReportVersion is the version of the JSON report's form.
const ReportVersion = 1

// Report is what one run found; the JSON report is this and nothing else.
type Report struct {
	Version int     `json:"version"`
	Tool    Tool    `json:"tool"`
	Now     string  `json:"now"` // RFC 3339, UTC
	Cases   []Case  `json:"cases"`
	Summary Summary `json:"summary"`

	// Rules lists the causes that may be reported, in the order of the checks; nil for
	// none. Few formats ask.
	Rules func() []Rule `json:"-"`
}

// Rule is a cause that a run may report, for formats that list them beforehand.
type Rule struct {
	Check    CheckID
	Cause    CauseID
	Title    string   // what is wrong, as a clause
	Help     string   // how it comes about and what to do, in sentences
	Severity Severity // unless the profile weighs it otherwise
}

// Progress is how far a run has come.
type Progress struct {
	Cases, Failed int
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Summary sums up a run.
type Summary struct {
	Verdict Verdict `json:"verdict"`
	Cases   int     `json:"cases"`
	Failed  int     `json:"failed"` // cases with the verdict fail
}

// Verdict of a case or a run.
type Verdict string

// Verdicts.
const (
	VerdictPass Verdict = "pass"
	VerdictWarn Verdict = "warn" // a warning, no error
	VerdictFail Verdict = "fail" // an error
)

// Case is what was found about one token exchange.
type Case struct {
	Input      Input       `json:"input"`
	Profile    Profile     `json:"profile"`
	JudgedAsOf JudgedAsOf  `json:"judged_as_of"`
	Decoded    Decoded     `json:"decoded"`
	Symptom    *Symptom    `json:"symptom,omitempty"`
	Diagnosis  []Diagnosis `json:"diagnosis"`
	Findings   []Finding   `json:"findings"`
	Ask        []Ask       `json:"ask"`
	Summary    CaseSummary `json:"summary"`
	// Next is what to do next if the evidence is only an answer: "add the
	// request: jwtdoctor check request.sh error.json".
	Next string `json:"next,omitempty"`
	// NextCommand is the command at the end of Next, as it is to be typed.
	NextCommand string `json:"-"`
	// Keys lists the keys of a set that was judged on its own.
	Keys []Key `json:"keys,omitempty"`

	// Echo is the member of the input line that was asked to be copied, as JSON;
	// Error says why a line of a batch gave no case. Both are of NDJSON only.
	Echo  string `json:"-"`
	Error string `json:"-"`

	// Advisory is true if the case was judged against a further profile, as
	// advice: it does not count.
	Advisory bool `json:"advisory,omitempty"`

	// Unmet lists the required checks, as they were named, that could not run.
	Unmet []string `json:"-"`
	// NotChecked lists the checks that a flag would have let run, where skips
	// were left out of Findings.
	NotChecked []CheckID `json:"-"`

	// Unjudged is true if the evidence is only an answer and proves nothing:
	// the server refused, and no check has seen what it refused.
	Unjudged bool `json:"-"`
	// AskFirst is true if the provider's own checklist for this very answer is
	// the usual way out, so that it comes before the causes.
	AskFirst bool `json:"-"`

	ReadAs string `json:"-"` // "an assertion", in words, for people
	// Unfinished says, for people, what was not seen to its end and why; "" for
	// a case that was judged whole.
	Unfinished string   `json:"-"`
	Notes      []string `json:"-"` // what a reader of the input should know, for people: sentences without a full stop
	SignedBy   string   `json:"-"` // thumbprint of the key that made the signature, where it was found out
}

// Key is one key of a JWK Set, only its public values.
type Key struct {
	Kid        string `json:"kid"`
	Type       string `json:"type"` // "RSA 2048", "EC P-384"
	Use        string `json:"use"`
	Alg        string `json:"alg"`
	Thumbprint string `json:"thumbprint"` // RFC 7638, SHA-256; "" if the key cannot be used
	Signed     bool   `json:"signed"`     // it made the assertion that was given
}

// Input says where a case came from and what it was taken for.
type Input struct {
	Source string   `json:"source"`
	Line   int      `json:"line"`
	Kinds  []string `json:"kinds"`
	// Unused is what of value was found and not used.
	Unused []Unused `json:"unused,omitempty"`
}

// Unused is something of value in an input that no case uses.
type Unused struct {
	Line int    `json:"line"`
	What string `json:"what"` // "a second JWT"
}

// Profile names the provider the case was compared with.
type Profile struct {
	ID      string `json:"id"`
	Env     string `json:"env"`
	Guessed bool   `json:"guessed"`

	Name      string `json:"-"`
	GuessedBy string `json:"-"` // "aud https://… is Redox's"
	// GuessedFrom names the evidence that GuessedBy speaks of: "aud", "the token
	// URL", "the answer".
	GuessedFrom string `json:"-"`
	// Standard is true if it is a standard that servers follow, and no server.
	Standard bool `json:"-"`
	// Fallback is true if nothing names a provider, so that the standard serves.
	Fallback   bool `json:"-"`
	EnvGuessed bool `json:"-"`
}

// JudgedAsOf is the moment the times were judged at.
type JudgedAsOf struct {
	Time  string `json:"time"`  // RFC 3339, UTC
	Basis string `json:"basis"` // now, --now, date, har, log, answer or iat

	Words string `json:"-"` // the same for people
}

// Decoded is the assertion in clear, secrets masked.
type Decoded struct {
	Header json.RawMessage `json:"header"` // null where unreadable
	Claims json.RawMessage `json:"claims"`
}

// Symptom is what the server answered, recognised.
type Symptom struct {
	Match    string     `json:"match"`
	Means    string     `json:"means"`
	Explains []CauseID  `json:"explains"`
	Cite     []Citation `json:"cite"`
}

// Diagnosis is one entry of the ranked list, most likely cause of the refusal first.
type Diagnosis struct {
	Cause     CauseID   `json:"cause"`
	Check     CheckID   `json:"check"`
	Certainty Certainty `json:"certainty"`
	Title     string    `json:"title"`
	// Fix and Tell are of an entry without its own finding: what to do if it
	// is this one, and how to find out.
	Fix  []string `json:"fix,omitempty"`
	Tell string   `json:"tell,omitempty"`
}

// Ask is something no program can see from outside.
type Ask struct {
	Text string     `json:"text"`
	Cite []Citation `json:"cite"`
}

// CaseSummary counts findings by what they came to; Fail counts errors.
type CaseSummary struct {
	Verdict Verdict `json:"verdict"`
	Pass    int     `json:"pass"`
	Fail    int     `json:"fail"`
	Warn    int     `json:"warn"`
	Note    int     `json:"note"`
	Skip    int     `json:"skip"`
	Broken  int     `json:"broken"`
}
