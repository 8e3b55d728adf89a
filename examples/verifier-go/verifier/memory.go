package verifier

// All that a verifier knows: the log's entries, the lease, and verdicts. Whoever calls holds the verifier's lock.

import (
	"container/list"
	"math"
	"slices"
	"time"
)

const (
	leaseMax     = time.Minute
	leaseDefault = 5 * time.Second
	verdictsMax  = 50_000
)

// Node is one node of the credential tree.
type Node struct{ Kind, ID string }

// Verdict is good only while the lease holds and nothing on its path was revoked after its position.
type Verdict struct {
	Subject        string
	Kind           string
	ID             string
	Permissions    []string
	AllowAddresses []string
	path           []Node
	position       int64
	usableUntilMs  float64
}

// isWithin compares both clocks: a suspended machine stops the monotonic one, and an operator can move the
// other. time.Time holds both; Round(0) takes the monotonic one away.
func isWithin(since, now time.Time, limit time.Duration) bool {
	wall := now.Round(0).Sub(since.Round(0))
	// A wall clock that was set back cannot tell how long a suspension was.
	return now.Sub(since) < limit && wall < limit && wall >= 0
}

type entry struct {
	position int64
	node     Node
	// Nil ends the node for good; 0 hits nothing; else what was issued or decided before that position.
	issuedBefore *int64
	expiresMs    float64
}

type feedAnswer struct {
	epoch    string
	entries  []entry
	position int64
	lease    time.Duration
	nowMs    float64
	snapshot bool
	more     bool
	prunedMs float64
}

// revoked is what is known about one node; it stays until the last entry about it has expired.
type revoked struct {
	isKilled     bool
	issuedBefore int64
	position     int64 // Of the newest entry.
	expiresMs    float64
}

type held struct {
	credential string
	verdict    *Verdict
}

type memory struct {
	epoch    string
	position int64
	// Grows with every snapshot: positions from before it cannot be compared with those after it.
	generation int
	// The log of this epoch went backwards. Until there is another epoch there is no lease.
	isBackwards bool
	revoked     map[Node]*revoked
	// What had expired by then stays expired, since the entries that hit it may be gone.
	forgottenMs float64
	// The newest entry that is gone. What is older may have been hit by one that is gone too, so it is refused:
	// positions are no clock, and tell what clocks that were set back cannot.
	forgottenPosition int64

	lease    time.Duration
	sentAt   time.Time
	granted  time.Duration
	endedAt  time.Time
	answered time.Time
	// The authority's time at the moment `answered`.
	authorityMs float64

	verdicts map[string]*list.Element
	order    *list.List
}

func newMemory() *memory {
	found := &memory{lease: leaseDefault, forgottenMs: math.Inf(-1)}
	found.clear()
	return found
}

func (m *memory) clear() {
	m.revoked = map[Node]*revoked{}
	m.dropVerdicts()
}

func (m *memory) dropVerdicts() {
	m.verdicts, m.order = map[string]*list.Element{}, list.New()
}

func (m *memory) holdsLease(now time.Time) bool {
	return !m.sentAt.IsZero() && isWithin(m.sentAt, now, m.granted)
}

func (m *memory) endLease(now time.Time) { m.sentAt, m.endedAt = time.Time{}, now }

// nowMs is the authority's time, whatever the wall clock of this machine says.
func (m *memory) nowMs(now time.Time) float64 {
	return m.authorityMs + float64(now.Sub(m.answered))/float64(time.Millisecond)
}

func (m *memory) extendLease(answer feedAnswer, sent time.Time) {
	granted := min(answer.lease, leaseMax)
	if sent.Before(m.endedAt) || (!m.sentAt.IsZero() && sent.Add(granted).Before(m.sentAt.Add(m.granted))) {
		return
	}
	m.sentAt, m.granted = sent, granted
	if granted > 0 {
		m.lease = granted
	}
}

// apply takes an answer, entries first and the lease last. False for one that means nothing here.
func (m *memory) apply(answer feedAnswer, sent, now time.Time) bool {
	isSame := answer.epoch == m.epoch
	if isSame && m.isBackwards {
		return false
	}
	if isSame && answer.snapshot && answer.position < m.position {
		m.isBackwards = true
		m.endLease(now)
		return false
	}
	if !answer.snapshot && (!isSame || answer.position < m.position) {
		return false
	}
	if answer.snapshot {
		m.startOver(answer.epoch, isSame)
	}
	fresh := answer.entries
	for len(fresh) > 0 && fresh[0].position <= m.position {
		fresh = fresh[1:]
	}
	m.noteMissing(fresh, answer.position)
	for _, one := range fresh {
		m.add(one)
	}
	m.position = max(m.position, answer.position)
	m.answered, m.authorityMs = now, answer.nowMs
	m.forgottenMs = max(m.forgottenMs, answer.prunedMs)
	if answer.snapshot && answer.more {
		m.endLease(now) // Nothing may be used until the other pages are here.
	} else {
		m.extendLease(answer, sent)
	}
	m.expire(m.nowMs(now))
	return true
}

func (m *memory) startOver(epoch string, isSame bool) {
	if !isSame {
		m.forgottenMs, m.forgottenPosition = math.Inf(-1), 0
	}
	m.epoch, m.position, m.isBackwards = epoch, 0, false
	m.generation++
	m.clear()
}

// noteMissing: positions are dense, so where there is no entry between two answers, there was one.
func (m *memory) noteMissing(fresh []entry, last int64) {
	for _, one := range slices.Backward(fresh) {
		if one.position != last {
			break
		}
		last--
	}
	if last > m.position {
		m.forgottenPosition = max(m.forgottenPosition, last)
	}
}

func (m *memory) add(one entry) {
	if one.issuedBefore != nil && *one.issuedBefore == 0 {
		return
	}
	known := m.revoked[one.node]
	if known == nil {
		known = &revoked{expiresMs: one.expiresMs}
		m.revoked[one.node] = known
	}
	known.expiresMs, known.position = max(known.expiresMs, one.expiresMs), one.position
	if one.issuedBefore == nil {
		known.isKilled = true
	} else {
		// A verdict from before the entry is asked about again, even if the rule reaches less far back.
		known.issuedBefore = max(known.issuedBefore, *one.issuedBefore, one.position)
	}
}

func (m *memory) expire(authorityMs float64) {
	for node, known := range m.revoked {
		if known.expiresMs <= authorityMs {
			m.forgottenMs = max(m.forgottenMs, known.expiresMs)
			m.forgottenPosition = max(m.forgottenPosition, known.position)
			delete(m.revoked, node)
		}
	}
}

// hits is true when an entry on the path ends what was issued, or decided, at the position, or may have done so.
func (m *memory) hits(path []Node, position int64) bool {
	if position < m.forgottenPosition {
		return true
	}
	for _, node := range path {
		if known := m.revoked[node]; known != nil && (known.isKilled || position < known.issuedBefore) {
			return true
		}
	}
	return false
}

func (m *memory) isKilled(node Node) bool {
	known := m.revoked[node]
	return known != nil && known.isKilled
}

func (m *memory) recall(credential string, now time.Time) *Verdict {
	element := m.verdicts[credential]
	if element == nil || !m.holdsLease(now) {
		return nil
	}
	verdict := element.Value.(held).verdict
	isOver := verdict.usableUntilMs <= max(m.nowMs(now), m.forgottenMs)
	if isOver || m.hits(verdict.path, verdict.position) {
		m.forget(element)
		return nil
	}
	m.order.MoveToBack(element)
	return verdict
}

func (m *memory) hold(credential string, verdict *Verdict) {
	if element := m.verdicts[credential]; element != nil {
		m.forget(element)
	}
	m.verdicts[credential] = m.order.PushBack(held{credential, verdict})
	if m.order.Len() > verdictsMax {
		m.forget(m.order.Front())
	}
}

func (m *memory) forget(element *list.Element) {
	delete(m.verdicts, m.order.Remove(element).(held).credential)
}
