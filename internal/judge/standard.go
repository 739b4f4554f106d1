package judge

import (
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/checks"
)

// Standard is the catalog of all checks there are, made once for a process. The
// error is a fault of the program, which a test would have found.
func Standard() (*Catalog, error) { return standard() }

var standard = sync.OnceValues(func() (*Catalog, error) { return NewCatalog(checks.All()) })
