// Package island finds the evidence in a pasted text: JWTs, requests, responses, keys and
// times, wherever they are and in whatever notation.
//
// Find makes one pass. First it removes what a tool put before every line (the time stamp
// of a log, the name of a container, the > of a mail) and turns HTML into text. Then
// entries that begin a line are tried at the beginning of each line, and the others at
// the byte or word they begin with; the first that fits reads its island, and the search
// continues after it. Something encoded in the text (a JSON string, escapes,
// percent-encoding) is another layer: it is decoded once and searched with the same
// entries.
//
// Two tables define what is found. entries (table.go) defines how an island looks and how
// it is read; roles (roles.go) what an object is by its members, however it is printed:
// what Python, Node, Java, Ruby, PHP, Go, C#, Rust and YAML print is converted to JSON
// first (dump.go). A new island is a new entry in one of the two.
//
// In a program, strings that it puts together are joined first (joinstrings.go), and a name
// that it defines once, as a literal, is read as that (definition.go). Any other expression
// is not known, and never read as what was sent (expression.go).
//
// Every island has its place in the source (package srctext), its label in the text
// (label.go), and its side, request or response. Package reading decides what follows
// from that. Nothing is judged here: a JWT is a JWT, whole or damaged.
//
// Documentation and source code are distinguished, block by block, from text that shows
// what happened (nature.go): an error code in the former means nothing.
//
// Time and memory are linear in the text. Readers that look ahead over lines remember how
// far they looked in vain; layers, and brackets that turn out not to be a container, have
// a budget that grows with the text.
package island
