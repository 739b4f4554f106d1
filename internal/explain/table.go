package explain

import "strings"

const (
	columnGap = 2
	// A column narrower than this is hard to read; rather than that the
	// rows are written one below the other.
	leastColumn = 14
)

// table writes the lines of a Markdown table, the second of which rules off the
// head. Links show only their text: the pages list addresses under Sources.
func (t *terminal) table(lines []string) {
	var rows [][][]word
	for i, l := range lines {
		if i == 1 {
			continue
		}
		var row [][]word
		for _, c := range cells(l) {
			row = append(row, words(c, false))
		}
		rows = append(rows, row)
	}
	for _, cell := range rows[0] {
		for i := range cell {
			for j := range cell[i].parts {
				cell[i].parts[j].style = bold
			}
		}
	}
	if widths := t.columns(rows); widths != nil {
		t.aligned(rows, widths)
	} else {
		t.stacked(rows)
	}
}

// cells takes a row apart at the bars that are not escaped.
func cells(line string) []string {
	var out []string
	line = strings.TrimSpace(line)
	start := 1
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			out = append(out, strings.TrimSpace(line[start:i]))
			start = i + 1
		}
	}
	return out
}

// columns shares the width out so that the cells of a row come out about
// equally high; nil if the columns would be too narrow.
func (t *terminal) columns(rows [][][]word) []int {
	n := len(rows[0])
	natural, width := make([]int, n), make([]int, n)
	room := t.width - columnGap*(n-1)
	for _, row := range rows {
		for i := 0; i < min(n, len(row)); i++ {
			natural[i] = max(natural[i], widthOf(row[i]))
			for _, w := range row[i] {
				width[i] = max(width[i], w.width)
			}
		}
	}
	for i := range width {
		width[i] = max(width[i], min(natural[i], leastColumn))
		room -= width[i]
	}
	if room < 0 {
		return nil
	}
	for ; room > 0; room-- {
		most := -1
		for i := range width {
			if width[i] < natural[i] && (most < 0 || natural[i]*width[most] > natural[most]*width[i]) {
				most = i
			}
		}
		if most < 0 {
			break
		}
		width[most]++
	}
	return width
}

func (t *terminal) aligned(rows [][][]word, width []int) {
	for i, row := range rows {
		wrapped := make([][][]word, len(width))
		high := 1
		for c := range width {
			if c < len(row) {
				wrapped[c] = wrap(row[c], width[c])
				high = max(high, len(wrapped[c]))
			}
		}
		for l := range high {
			var b strings.Builder
			pad := 0
			for c := range width {
				b.WriteString(strings.Repeat(" ", pad))
				pad = width[c] + columnGap
				if l < len(wrapped[c]) {
					b.WriteString(t.paint(wrapped[c][l]))
					pad -= widthOf(wrapped[c][l])
				}
			}
			t.line(strings.TrimRight(b.String(), " "))
		}
		if i == 0 {
			rule := make([]string, len(width))
			for c := range width {
				rule[c] = strings.Repeat("-", width[c])
			}
			t.line(strings.Join(rule, strings.Repeat(" ", columnGap)))
		}
	}
}

// stacked writes each row as its first cell and, below it, the others by name.
func (t *terminal) stacked(rows [][][]word) {
	head := rows[0]
	for i, row := range rows[1:] {
		if i > 0 {
			t.line("")
		}
		for c, cell := range row {
			switch {
			case c >= len(head) || len(cell) == 0:
			case c == 0:
				for j := range cell {
					for k := range cell[j].parts {
						cell[j].parts[k].style = bold
					}
				}
				t.prose("", "  ", cell)
			default:
				name := word{[]part{{text: plainText(head[c]) + ":"}}, widthOf(head[c]) + 1}
				t.prose("  ", "    ", append([]word{name}, cell...))
			}
		}
	}
}

func plainText(ws []word) string {
	var b strings.Builder
	for i, w := range ws {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, p := range w.parts {
			b.WriteString(p.text)
		}
	}
	return b.String()
}
