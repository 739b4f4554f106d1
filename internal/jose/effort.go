package jose

import (
	"crypto/rsa"
	"fmt"
)

// Work is counted in ticks, not measured, so that a search ends at the same
// place on every machine. A tick is about a microsecond of a slow core.
const (
	ticksPerUnit = 70
	// hashBytesPerTick is how many bytes are hashed in a tick.
	hashBytesPerTick = 700
	// writeBytesPerTick is how many bytes of JSON are written and encoded in a tick.
	writeBytesPerTick = 100
	// skippedPerTick is how many variants are passed over in a tick.
	skippedPerTick = 2
)

// effort is the work a search may still do, and where it ran out.
type effort struct {
	left, used int
	cut        bool
	at         string
}

// spend uses ticks for a step; false means that too few are left, and then the
// place is noted: what was being tried, and with which key, if any.
func (e *effort) spend(ticks int, what string, k *Key) bool {
	if e.left < ticks {
		if !e.cut {
			e.cut, e.at = true, what
			if k != nil {
				e.at = fmt.Sprintf("%s (stopped at %s)", what, k.name())
			}
		}
		return false
	}
	e.left -= ticks
	e.used += ticks
	return true
}

// verifyTicks is the cost of one verification with a key that has no table.
func verifyTicks(k *Key) int {
	switch k.Crv {
	case crvP256:
		return 70
	case crvP384:
		return 600
	case crvP521:
		return 2600
	case crvEd25519:
		return 130
	}
	if k.Kty == KtyRSA {
		return rsaTicks(k, 30, 70)
	}
	return 3
}

// openTicks is the cost of applying an RSA public key to a signature.
func openTicks(k *Key) int { return rsaTicks(k, 36, 36) }

// rsaTicks scales the cost at 2048 bits and the exponent 65537; the standard
// library has a faster way for that size than for others.
func rsaTicks(k *Key, usual, other int) int {
	cost := other
	if k.Bits <= 2048 {
		cost = usual
	}
	blocks := max(1, (k.Bits+1023)/1024) // a size of 2048 bits has two
	cost = cost * blocks * blocks / 4
	if pub, ok := k.Public.(*rsa.PublicKey); ok && pub.E > 1<<17 {
		cost *= 4
	}
	return max(cost, 10)
}
