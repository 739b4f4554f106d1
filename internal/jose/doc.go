// Package jose reads keys, verifies and makes signatures, and finds out why a
// signature fails.
//
// It reads JWK Sets and key files the way people really publish them: what can
// be read is read, and every deviation is a [Problem] with its place. It
// verifies over exact bytes and never re-encodes a header. Its forensics follow
// one rule: shortcuts find, the standard verifier confirms. A cause is claimed
// only when a verification of the reconstructed variant succeeds, or when a
// structure proves it that chance makes at most once in 2^64.
//
// It refuses to fetch anything, to judge claims or times, to guess, and to put
// a private value into a message. It is the only package that imports
// github.com/lestrrat-go/jwx/v2, with which it verifies and signs. That library
// is lenient (PSS salts, keys of the wrong curve) and panics on some keys, so
// guards come before it, and keys are read without it.
//
// Work is limited: a key set by [MaxSetBytes] and [MaxSetKeys], a search by a
// budget that is counted, not timed. The plain verification has no budget.
package jose
