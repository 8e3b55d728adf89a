package verifier

// Counts what was let in and tells the authority every ten seconds, so that it knows which keys are in use.

import "time"

const (
	usageInterval = 10 * time.Second
	usesMax       = 1_000
	wireTime      = "2006-01-02T15:04:05.000Z"
)

type use struct {
	node  Node
	route string
}

type uses struct {
	count       int
	first, last time.Time
}

func (v *Verifier) countUse(verdict *Verdict, route string) {
	// For an access token it is the session or the API key above it that was used.
	for _, node := range verdict.path {
		if node.Kind != "session" && node.Kind != "api_key" {
			continue
		}
		now := time.Now()
		v.mu.Lock()
		defer v.mu.Unlock()
		if known := v.usage[use{node, route}]; known != nil {
			known.count, known.last = known.count+1, now
		} else if len(v.usage) < usesMax { // Beyond that it is better to lose counts than memory.
			v.usage[use{node, route}] = &uses{1, now, now}
		}
		return
	}
}

func (v *Verifier) sendUsage() {
	v.mu.Lock()
	counted := v.usage
	v.usage = map[use]*uses{}
	v.mu.Unlock()
	if len(counted) == 0 {
		return
	}
	report := []any{}
	for what, found := range counted {
		report = append(report, map[string]any{
			"credential": map[string]any{"kind": what.node.Kind, "id": what.node.ID},
			"route":      what.route,
			"count":      found.count,
			"refused":    0,
			"first":      found.first.UTC().Format(wireTime),
			"last":       found.last.UTC().Format(wireTime),
			"address":    nil,
		})
	}
	v.authority.report(report)
}
