package input

import "github.com/assertionworks/jwtdoctor/internal/evidence"

// Exchange is what one text tells of one token exchange. Any part may be nil.
type Exchange struct {
	Request       *evidence.Request
	Response      *evidence.Response
	Authorization *evidence.Request // the authorization request that came before
	// Line is where the exchange begins in its file, or its entry's number in a HAR.
	Line int
	// Name tells the exchange apart from others of the file ("entry 17").
	Name string
}

// Files reads a file a command sends, by the name in the command. nil reads none.
type Files func(name string) ([]byte, error)
