package screen

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// live is a feed of exchanges that are judged elsewhere.
type live struct {
	got       int
	following bool // the newest is shown
	ended     bool
}

// mostKept is how many exchanges are kept; older ones are dropped.
const mostKept = 500

// exchangeMsg is the next exchange; ended after the last.
type exchangeMsg struct {
	exchange Exchange
	ended    bool
}

func (l *live) any() bool   { return l.got > 0 }
func (l *live) empty() bool { return l.got == 0 }

// moved notes that somebody looks at an older one.
func (l *live) moved(m *Model) { l.following = m.visit.at == len(m.visit.items)-1 }

func (l *live) slot(m *Model) string {
	words := fmt.Sprintf("exchange %d of %d", m.visit.at+1, len(m.visit.items))
	switch {
	case l.ended:
		words += ", ended"
	case l.following:
		words += ", following"
	}
	return words
}

// next waits for the next exchange of the feed.
func (m *Model) next() tea.Cmd {
	if m.Live == nil {
		return nil
	}
	feed, ctx := m.Live, m.ctx
	return guarded(func() tea.Msg {
		select {
		case x, ok := <-feed:
			return exchangeMsg{x, !ok}
		case <-ctx.Done():
			return exchangeMsg{ended: true}
		}
	})
}

// exchange takes the next exchange in.
func (m *Model) exchange(msg exchangeMsg) tea.Cmd {
	if msg.ended {
		m.live.ended = true
		return nil
	}
	if m.visit == nil {
		m.visit = &visit{live: true}
	}
	x := msg.exchange
	m.visit.items = append(m.visit.items, &item{title: x.Title, evidence: x.Evidence, judged: x.Evidence, cases: x.Cases})
	m.live.got++
	if n := len(m.visit.items); n > mostKept {
		m.visit.items = m.visit.items[n-mostKept:]
		m.visit.at = max(0, m.visit.at-1)
	}
	if m.live.following {
		m.visit.at = len(m.visit.items) - 1
		m.panes.reset(m)
	}
	return m.next()
}
