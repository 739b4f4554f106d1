package island

// word tries the entries for the word that begins here, and returns where the search
// continues: at least after the word.
func (l *layer) word() int {
	i := l.i
	end := wordEnd(l.s, i)
	var buf [maxWord]byte
	if key := fold(buf[:0], l.s[i:end]); len(key) > 0 {
		for _, e := range l.f.tables.words[string(key)] {
			if n := e.read(l, i); n > i {
				return n
			}
		}
	}
	for _, e := range l.f.tables.anyWord {
		if n := e.read(l, i); n > i {
			return n
		}
	}
	return end
}

const maxWord = 40

// wordEnd is the end of the word that begins at i: letters, digits, _ and -.
func wordEnd(s string, i int) int {
	for i < len(s) && (isWord(s[i]) || s[i] == '-' && i+1 < len(s) && isLetter(s[i+1])) {
		i++
	}
	return i
}

// fold appends a word in lower case without separators, so that client_assertion,
// clientAssertion and client-assertion are the same. The result is empty for words that
// no entry begins with.
func fold(to []byte, word string) []byte {
	if len(word) > maxWord {
		return nil
	}
	for i := range len(word) {
		c := word[i]
		switch {
		case c >= 'A' && c <= 'Z':
			to = append(to, c|0x20)
		case c == '_' || c == '-' || c == ' ':
		default:
			to = append(to, c)
		}
	}
	return to
}

func folded(word string) string {
	var buf [maxWord]byte
	return string(fold(buf[:0], word))
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
