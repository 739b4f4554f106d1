package report

import (
	"bytes"
	"encoding/json"
	"strings"
)

// longestIndented bounds the values that are broken over lines: deep nesting grows
// with its square.
const longestIndented = 1000

// object writes a JSON object so that it can be copied: as it was sent, a member a
// line, with nothing else.
func (p *page) object(list []member) {
	if len(list) == 0 {
		p.line(piece{plain, "{}"})
		return
	}
	p.line(piece{plain, "{"})
	for i, m := range list {
		name, err := json.Marshal(m.name)
		if err != nil {
			continue
		}
		value := string(m.value)
		if (value[0] == '{' || value[0] == '[') && len(value) > 40 && len(value) < longestIndented {
			var b bytes.Buffer
			if json.Indent(&b, m.value, "  ", "  ") == nil {
				value = b.String()
			}
		}
		if i < len(list)-1 {
			value += ","
		}
		for line := range strings.SplitSeq("  "+string(name)+": "+value, "\n") {
			p.line(jsonPieces(p.shown(line))...)
		}
	}
	p.line(piece{plain, "}"})
}

// jsonPieces takes a line of JSON apart by colour.
func jsonPieces(line string) []piece {
	var out []piece
	for at := 0; at < len(line); {
		end, kind := at+1, plain
		switch c := line[at]; {
		case c == '"':
			for end < len(line) && line[end] != '"' {
				if line[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(line))
			if strings.HasPrefix(line[end:], ":") {
				kind = strong
			}
		case strings.IndexByte("{}[],: ", c) >= 0:
			for end < len(line) && strings.IndexByte("{}[],: ", line[end]) >= 0 {
				end++
			}
		default: // a number, true, false or null
			kind = figure
			for end < len(line) && strings.IndexByte("{}[],: \"", line[end]) < 0 {
				end++
			}
		}
		out = append(out, piece{kind, line[at:end]})
		at = end
	}
	return out
}
