package verifier

import (
	"net/netip"
	"strings"
)

// Allows is true when the permissions hold the needed one.
func (v *Verdict) Allows(needed string) bool {
	for _, held := range v.Permissions {
		if held == "*" || held == needed || (strings.HasSuffix(held, ":*") && strings.HasPrefix(needed, held[:len(held)-1])) {
			return true
		}
	}
	return false
}

// IsFrom is true when the credential may be used from the caller's address.
func (v *Verdict) IsFrom(address netip.Addr) bool {
	for _, text := range v.AllowAddresses {
		if block, err := parseBlock(text); err == nil && block.Contains(address.Unmap().WithZone("")) {
			return true
		}
	}
	return len(v.AllowAddresses) == 0
}
