// Package errortext recognises the error texts of transports (DNS, TCP, TLS,
// proxies, HTTP clients) and of signing libraries, wherever they appear in a
// log, a stack trace or a sentence, and says what they mean. It knows no check
// and judges nothing: an entry names the causes of the catalogue that its text
// points to, with the document or the source that the text is from.
//
// # Data
//
// data/*.txt has one block an entry; parser describes the form. A text is
// written as the tool prints it, with blanks for what changes; pattern describes
// how it matches. A new wording is a new line "text", a new failure a new block,
// and a row in testdata. Without a citation there is no entry.
//
// The data is read and indexed when it is first needed, in about 2 ms. Find is
// linear: one pass looks for four rare characters of each text and compares the
// rest only there. That takes some 4 ms for 1 MiB of a log, and under 50 ms for
// one made to cost much.
//
// # How check can use it
//
// Find is for the text that the other readers left over: after the islands
// (assertion, request, answer, keys) have been cut out and each layer of
// escapes undone. Only matches that are Said are evidence; what is Named or in
// Code goes to input.unused at most.
//
//   - An answer goes first. Servers pass their own words libraries on in
//     error_description ("no applicable key found in the JSON Web Key Set");
//     inside an answer a match explains the server's side, and the symptoms of
//     the profile have the say.
//   - With nothing else in the text, the first match of each chain is a failed
//     finding of severity error: check and cause are those of Entry.Causes[0],
//     certainty is Entry.Certainty, title and message come from Entry.Means,
//     found is the match itself, at.part is "text" with Offset and Length, fix is
//     Entry.Fix or, where that is empty, the fix of the cause, cite is
//     Entry.Cite. The further causes are possible entries of the diagnosis
//     without a finding.
//   - Values contain no secret: of a URL they keep scheme, host and path. The words of
//     the match are as they were pasted and may contain one, so that found and
//     excerpts go through the same masking as every other text.
//   - The title is Means and not the title of the cause. The cause is the nearest
//     one of the catalogue, and its title can be about more (tls-too-old: the
//     server; here it can be the client) or less (alg-unknown: also a signing
//     library that lacks its cryptography package).
//   - With an assertion, a key error (pem-*, key-*, public-key-given) is about
//     the program that signs, and stays a finding; a transport error says that
//     the request got no response, so exp-past and all questions about the
//     refusal are off.
//   - An entry that Wraps is a finding only if its chain has nothing else; its
//     fix is then to print the inner error.
//   - Value("host") and Value("url") choose the profile where nothing else does. A
//     host of "https" or "http" is a URL with its scheme written twice, or a URL
//     where the library wants a host name: say so in place of dns-not-found.
//   - now with nbf, iat or exp (clock-*) are two stamps of one sentence: the
//     difference is this machine's clock against the server's.
//
// # How explain can use it
//
// explain TEXT asks Find before it looks for symptoms, and takes Said and Named
// alike, since anyone who types ECONNREFUSED asks about it. It prints Means, Tool,
// the causes with links, the fix and Cite. The page of a cause lists the Texts of
// the entries that name it under "Error messages for this cause"; All is in
// stable order for that and for completion of IDs.
package errortext
