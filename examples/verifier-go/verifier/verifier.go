// Package verifier checks credentials of a Countersign authority in memory, as docs/feed-protocol.md says.
package verifier

import (
	"crypto/rand"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	asksPerCheckMax = 3
	refusalLife     = time.Second
	refusalsMax     = 10_000
)

var (
	// ErrRefused: the credential is bad (401).
	ErrRefused = errors.New("refused")
	// ErrUnavailable: it cannot be known whether the credential is good (503).
	ErrUnavailable = errors.New("unavailable")
)

// Options of a verifier. AuthorityURL is the issuer's own unless it is given.
type Options struct{ Issuer, Audience, Key, AuthorityURL string }

// Verifier follows the feed in one goroutine, and checks credentials in as many as call it.
type Verifier struct {
	options   Options
	authority *authority
	// Random, so that no two processes share it.
	name string

	mu     sync.Mutex
	memory *memory
	// Closed and replaced whenever an attempt to get a lease has ended.
	attempted     chan struct{}
	hopelessUntil time.Time
	asks          map[string]*asked
	refusals      map[string]time.Time
	usage         map[use]*uses
	keys          keySet

	wanted chan struct{}
	closed chan struct{}
}

// asked is a question to the authority, shared by all who ask it meanwhile.
type asked struct {
	done       chan struct{}
	at         time.Time
	atMs       float64
	generation int
	limit      time.Duration
	answer     map[string]any
	err        error
}

// New builds a verifier and lets it follow the feed.
func New(options Options) (*Verifier, error) {
	address := options.AuthorityURL
	if address == "" {
		address = options.Issuer
	}
	authority, err := newAuthority(address, options.Key)
	if err != nil {
		return nil, err
	}
	v := &Verifier{
		options:   options,
		authority: authority,
		name:      rand.Text(),
		memory:    newMemory(),
		attempted: make(chan struct{}),
		asks:      map[string]*asked{},
		refusals:  map[string]time.Time{},
		usage:     map[use]*uses{},
		keys:      keySet{byID: map[string]*jose.JSONWebKey{}, removed: map[string]bool{}, wanted: 1},
		wanted:    make(chan struct{}, 1),
		closed:    make(chan struct{}),
	}
	go v.follow()
	go v.every(keysInterval, func() { v.fetchKeys(keysLimit) })
	go v.every(usageInterval, v.sendUsage)
	return v, nil
}

// Close stops following the feed. Nothing is accepted from then on.
func (v *Verifier) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	close(v.closed)
	v.memory.endLease(time.Now())
	v.memory.isBackwards = true
}

func (v *Verifier) every(interval time.Duration, work func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			work()
		case <-v.closed:
			return
		}
	}
}

// Check finds out what a credential allows. It returns ErrRefused or ErrUnavailable.
// What it does not check: where the credential stood, the caller's address, permissions.
func (v *Verifier) Check(credential, route, userAgent string) (*Verdict, error) {
	v.mu.Lock()
	verdict := v.memory.recall(credential, time.Now())
	v.mu.Unlock()
	if verdict == nil {
		decided, err := v.decide(credential)
		if errors.Is(err, errMalformed) {
			return nil, ErrRefused
		}
		if errors.Is(err, errOutage) {
			return nil, ErrUnavailable
		}
		if err != nil {
			return nil, err
		}
		verdict = decided
	}
	v.countUse(verdict, route, userAgent)
	return verdict, nil
}

func (v *Verifier) decide(credential string) (*Verdict, error) {
	if strings.Contains(credential, ".") {
		parsed, err := parseToken(credential)
		if err != nil {
			return nil, err
		}
		return v.decideToken(parsed)
	}
	node, err := parseOpaque(credential)
	if err != nil {
		return nil, err
	}
	return v.decideByAsking(credential, node)
}

func (v *Verifier) decideToken(found *token) (*Verdict, error) {
	if err := v.needLease(); err != nil {
		return nil, err
	}
	key, err := v.findKey(found.kid)
	if err != nil {
		return nil, err
	}
	if key == nil || !hasGoodSignature(found, key) {
		return nil, ErrRefused
	}
	if err := v.needLease(); err != nil {
		return nil, err
	}
	// From here on nothing is waited for: lease, keys and entries are those of one moment.
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	if !v.memory.holdsLease(now) {
		return nil, ErrUnavailable
	}
	if v.keys.byID[found.kid] != key {
		return nil, ErrRefused
	}
	nowMs := v.memory.nowMs(now)
	epoch, verdict, err := readClaims(
		found, v.options.Issuer, v.options.Audience, nowMs, math.Max(nowMs, v.memory.forgottenMs))
	if err != nil {
		return nil, err
	}
	if epoch != v.memory.epoch || v.memory.hits(verdict.path, verdict.position) {
		return nil, ErrRefused
	}
	v.memory.hold(found.text, verdict)
	return verdict, nil
}

func (v *Verifier) decideByAsking(credential string, node Node) (*Verdict, error) {
	for range asksPerCheckMax {
		if err := v.needLease(); err != nil {
			return nil, err
		}
		asked, err := v.ask(credential, node)
		if err != nil {
			return nil, err
		}
		if asked.answer["active"] == false {
			v.rememberRefusal(credential)
			return nil, ErrRefused
		}
		verdict, audiences, err := readVerdict(asked.answer, node, v.options.Issuer, asked.atMs)
		if err != nil {
			return nil, err
		}
		if err := v.needLease(); err != nil {
			return nil, err
		}
		isOvertaken, err := v.take(credential, asked, verdict, audiences)
		if !isOvertaken {
			return verdict, err
		}
	}
	return nil, ErrUnavailable
}

// take holds a verdict if it is good at this moment. True when an entry or a snapshot overtook it.
func (v *Verifier) take(credential string, asked *asked, verdict *Verdict, audiences []string) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	if !v.memory.holdsLease(now) || !isWithin(asked.at, now, v.memory.lease) {
		return false, ErrUnavailable
	}
	if asked.generation != v.memory.generation || v.memory.hits(verdict.path, verdict.position) {
		return true, nil
	}
	if !slices.Contains(audiences, v.options.Audience) {
		return false, ErrRefused
	}
	v.memory.hold(credential, verdict)
	return false, nil
}

// ask asks the authority. Those who ask about the same credential meanwhile get the same answer.
func (v *Verifier) ask(credential string, node Node) (*asked, error) {
	v.mu.Lock()
	if time.Now().Before(v.refusals[credential]) || v.memory.isKilled(node) {
		v.mu.Unlock()
		return nil, ErrRefused
	}
	running := v.asks[credential]
	if running == nil {
		now := time.Now()
		running = &asked{
			done:       make(chan struct{}),
			at:         now,
			atMs:       v.memory.nowMs(now),
			generation: v.memory.generation,
			limit:      v.memory.lease,
		}
		v.asks[credential] = running
		go func() {
			running.answer, running.err = v.authority.ask(credential, running.limit)
			v.mu.Lock()
			delete(v.asks, credential)
			v.mu.Unlock()
			close(running.done)
		}()
	}
	v.mu.Unlock()
	<-running.done
	return running, running.err
}

func (v *Verifier) rememberRefusal(credential string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.refusals) >= refusalsMax {
		clear(v.refusals)
	}
	v.refusals[credential] = time.Now().Add(refusalLife)
}
