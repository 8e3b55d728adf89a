package verifier

// The issuer's public keys, and how fresh they are.

import (
	"bytes"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysInterval    = 5 * time.Minute
	keysLimit       = 3 * time.Second
	keysRetry       = time.Second
	unknownKeyPause = 5 * time.Second
)

// keySet belongs to the verifier's lock, but for `fetching`, which whoever fetches holds.
type keySet struct {
	byID    map[string]*jose.JSONWebKey
	removed map[string]bool
	// Count what has asked for a fetch: one that began before does not answer it.
	wanted, fetched int
	triedAt         time.Time
	hasWorked       bool
	fetching        sync.Mutex
}

func (k *keySet) isFresh() bool { return k.fetched >= k.wanted }

// findKey finds the key; nil for one that is not in a set that is fresh. It returns ErrUnavailable where there
// is none such.
func (v *Verifier) findKey(kid string) (*jose.JSONWebKey, error) {
	if key := v.freshKey(kid); key != nil {
		return key, nil
	}
	v.keys.fetching.Lock() // Waits for a fetch that is under way.
	defer v.keys.fetching.Unlock()
	v.mu.Lock()
	key, since := v.keys.byID[kid], time.Since(v.keys.triedAt)
	isFresh, hasWorked := v.keys.isFresh(), v.keys.hasWorked
	v.mu.Unlock()
	if isFresh && (key != nil || (hasWorked && since < unknownKeyPause)) {
		return key, nil
	}
	if (!hasWorked && since < keysRetry) || !v.fetchKeysAlone(keysLimit) {
		return nil, ErrUnavailable
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys.byID[kid], nil
}

func (v *Verifier) freshKey(kid string) *jose.JSONWebKey {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.keys.isFresh() {
		return nil
	}
	return v.keys.byID[kid]
}

func (v *Verifier) fetchKeys(limit time.Duration) bool {
	v.keys.fetching.Lock()
	defer v.keys.fetching.Unlock()
	return v.fetchKeysAlone(limit)
}

func (v *Verifier) fetchKeysAlone(limit time.Duration) bool {
	v.mu.Lock()
	wanted := v.keys.wanted
	v.keys.triedAt, v.keys.hasWorked = time.Now(), false
	v.mu.Unlock()
	published, err := v.authority.keys(limit)
	if err != nil {
		return false
	}
	fetched, err := importKeys(published)
	if err != nil {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.keys.byID
	for kid, key := range fetched {
		if v.keys.removed[kid] {
			delete(fetched, kid)
		} else if known := before[kid]; known != nil && isSame(known, key) {
			fetched[kid] = known
		}
	}
	for kid, key := range before {
		if fetched[kid] != key {
			v.memory.dropVerdicts() // What a key allowed that is gone goes with it.
			break
		}
	}
	v.keys.byID, v.keys.fetched, v.keys.hasWorked = fetched, wanted, true
	return true
}

func isSame(left, right *jose.JSONWebKey) bool {
	one, err := left.MarshalJSON()
	other, otherErr := right.MarshalJSON()
	return err == nil && otherErr == nil && bytes.Equal(one, other)
}
