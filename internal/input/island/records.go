package island

import "strings"

// ofLog reports whether an object of which only a time and a message are known is from a
// log: Elastic's name of the time says so, or that the text consists of such lines. A
// server's answer has a time and a message, too, but not line by line.
func (l *layer) ofLog(m names) bool {
	switch {
	case m.has("error", "errors", "errorcode", "errordescription", "status", "statuscode", "code", "path", "detail", "details"):
		return false
	case m.has("@timestamp"):
		return true
	case !m.has("timestamp", "time", "ts", "datetime", "eventtime", "logtime"):
		return false
	}
	return l.f.recordLines() > 1
}

// recordLines counts the lines of the text that are objects which begin with a time, up
// to two.
func (f *finder) recordLines() int {
	if f.records >= 0 {
		return f.records
	}
	f.records = 0
	for line := range strings.Lines(f.source.String()) {
		const head = 200
		line = strings.TrimRight(line, " \t\r\n,")
		if strings.HasPrefix(line, "{") && strings.HasSuffix(line, "}") && hasStampName(line[:min(len(line), head)]) {
			if f.records++; f.records > 1 {
				break
			}
		}
	}
	return f.records
}

// hasStampName reports whether the beginning of a JSON object names a time.
func hasStampName(head string) bool {
	for _, name := range [...]string{`"timestamp"`, `"@timestamp"`, `"time"`, `"ts"`, `"datetime"`, `"eventTime"`, `"logtime"`} {
		if strings.Contains(head, name) {
			return true
		}
	}
	return false
}
