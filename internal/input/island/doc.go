// Package island finds the evidence in a text that somebody pasted: JWTs,
// requests, answers, keys, times, wherever they stand and in whatever notation.
//
// Find is one pass. Before it, what a tool put before every line (the stamp of a
// log, the name of a container, the > of a mail) is taken away, and HTML becomes
// text. Then entries that begin a line are tried at the beginning of each line,
// the others at the byte or word they begin with; the first that fits reads its
// island, and the search goes on behind it. What is encoded in the text (a
// string of JSON, escapes, percent-encoding) is a further layer: it is undone
// once, and searched by the same entries.
//
// Two tables say what there is to find. entries (table.go) says how an island
// looks and how it is read; roles (roles.go) says what an object is by its
// members, however it is printed: JSON, and what Python, Node, Java, Ruby, PHP,
// Go, C#, Rust and YAML print, become JSON first (dump.go). A new island is a new
// entry in one of the two.
//
// Every island knows its place in the source (package srctext), what the text
// calls it (label.go), and whether it is of a request or an answer. What follows
// from that is not decided here: see package reading. Nor is anything judged: a
// JWT is a JWT, whole or damaged.
//
// A text that explains (documentation) or programs (source code) is told apart
// from one that shows what happened, block by block (nature.go): an error code in
// the former is nothing.
//
// Time and memory are linear in the text. Readers that look ahead over lines
// remember how far they looked in vain; containers that turn out to be none, and
// layers, have a budget that grows with the text.
package island
