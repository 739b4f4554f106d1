package listen

import (
	"net/http"

	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// Method is the method of a request; what is none that is registered (RFC 9110 section
// 16.1.1) may be anything, and is not repeated.
func Method(r *http.Request) string {
	switch r.Method {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY", "PROPFIND", "LINK", "UNLINK", "SEARCH", "REPORT":
		return r.Method
	}
	return mask.Value(r.Method)
}
