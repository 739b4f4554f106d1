package main

import (
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// classOf is the class of a cell's style: its base colour, and whether it is bold.
func classOf(fg color.Color, attrs uint8) string {
	var classes []string
	if c, ok := fg.(ansi.BasicColor); ok {
		switch c {
		case ansi.Red, ansi.BrightRed:
			classes = append(classes, "c1")
		case ansi.Green, ansi.BrightGreen:
			classes = append(classes, "c2")
		case ansi.Yellow, ansi.BrightYellow:
			classes = append(classes, "c3")
		case ansi.Cyan, ansi.BrightCyan:
			classes = append(classes, "c6")
		case ansi.BrightBlack:
			classes = append(classes, "c8")
		}
	}
	if attrs&uv.AttrBold != 0 {
		classes = append(classes, "b")
	}
	return strings.Join(classes, " ")
}
