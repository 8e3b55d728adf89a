package verifier

// Following the feed: one poll at a time, its answer applied before the next, and the lease that comes of it.

import (
	"errors"
	"maps"
	"math/rand/v2"
	"time"
)

const (
	holdMax      = 2 * time.Second
	pauseMin     = 100 * time.Millisecond
	backOffMax   = 2 * time.Second
	refusedPause = 2 * time.Second
	waitForLease = 3 * time.Second
)

// needLease, where there is no lease, waits for the next attempt to get one, which is hurried.
func (v *Verifier) needLease() error {
	v.mu.Lock()
	now := time.Now()
	if v.memory.holdsLease(now) {
		v.mu.Unlock()
		return nil
	}
	// Whoever comes right after a failure is told of that one: a flood of requests is none of polls.
	if now.Before(v.hopelessUntil) {
		v.mu.Unlock()
		return ErrUnavailable
	}
	attempted := v.attempted
	v.mu.Unlock()
	select {
	case v.wanted <- struct{}{}:
	default:
	}
	select {
	case <-attempted:
	case <-v.closed:
	case <-time.After(waitForLease):
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.memory.holdsLease(time.Now()) {
		return ErrUnavailable
	}
	return nil
}

func (v *Verifier) follow() {
	failures := 0
	for !v.isClosed() {
		started := time.Now()
		pause, err := v.poll()
		switch {
		case err == nil:
			failures = 0
			v.pause(pause - time.Since(started))
		case errors.Is(err, errFeedRefused):
			v.mu.Lock()
			v.memory.endLease(time.Now())
			v.mu.Unlock()
			v.endAttempt(refusedPause)
			v.sleep(refusedPause)
		default:
			failures++
			v.endAttempt(pauseMin)
			backOff := min(pauseMin<<min(failures, 10), backOffMax)
			v.pause(backOff/2 + rand.N(backOff/2))
		}
	}
}

func (v *Verifier) isClosed() bool {
	select {
	case <-v.closed:
		return true
	default:
		return false
	}
}

func (v *Verifier) endAttempt(hopeless time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.hopelessUntil = time.Now().Add(hopeless)
	close(v.attempted)
	v.attempted = make(chan struct{})
}

func (v *Verifier) sleep(length time.Duration) {
	select {
	case <-time.After(length):
	case <-v.closed:
	}
}

// pause can be cut short by whoever waits for a lease, down to a tenth of a second.
func (v *Verifier) pause(length time.Duration) {
	v.sleep(min(length, pauseMin))
	if length > pauseMin {
		select {
		case <-time.After(length - pauseMin):
		case <-v.wanted:
		case <-v.closed:
		}
	}
}

// poll sends one poll and applies its answer. It returns how long after its start the next one is due.
func (v *Verifier) poll() (time.Duration, error) {
	v.mu.Lock()
	sent := time.Now()
	epoch, after, lease := v.memory.epoch, v.memory.position, v.memory.lease
	hadLease := v.memory.holdsLease(sent)
	v.mu.Unlock()
	hold := time.Duration(0)
	if hadLease {
		hold = max(0, min(holdMax, (lease-time.Second)/2))
	}
	answer, err := v.authority.poll(v.name, epoch, after, hold)
	if err != nil {
		return 0, err
	}
	needsKeys, err := v.apply(answer, sent)
	if err != nil {
		return 0, err
	}
	if answer.more {
		return 0, nil
	}
	if needsKeys {
		// Before the next poll acknowledges what was announced.
		v.fetchKeys(lease / 4)
	}
	v.endAttempt(0)
	if len(answer.entries) > 0 || !hadLease {
		return 0, nil
	}
	if hold == 0 {
		return min(lease/4, holdMax), nil // The lease is too short for a hold.
	}
	return pauseMin, nil
}

// apply takes an answer in one step. True when the keys have to be fetched anew.
func (v *Verifier) apply(answer feedAnswer, sent time.Time) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	if !v.memory.holdsLease(now) {
		v.keys.wanted++
	}
	if v.isClosed() || !v.memory.apply(answer, sent, now) {
		return false, errOutage
	}
	kept := maps.Clone(v.keys.byID)
	for _, one := range answer.entries {
		if one.node.Kind != "signing_key" {
			continue
		}
		v.keys.wanted++
		if one.issuedBefore == nil {
			// It stays removed: whoever stole it can still sign, and an old copy of the set may come late.
			v.keys.removed[one.node.ID] = true
			delete(kept, one.node.ID)
		}
	}
	v.keys.byID = kept
	return !v.keys.isFresh(), nil
}
