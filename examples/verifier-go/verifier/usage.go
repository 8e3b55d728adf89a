package verifier

// Counts what was let in and tells the authority every ten seconds, so that it knows which keys are in use.

import (
	"regexp"
	"strings"
	"time"
)

const (
	usageInterval = 10 * time.Second
	usesMax       = 1_000
	wireTime      = "2006-01-02T15:04:05.000Z"
)

// The whole product or nothing: the beginning of something longer may be the beginning of a secret.
var product = regexp.MustCompile(`^([A-Za-z][\w.-]{0,31})(?:[^\w.-]|$)`)

type use struct {
	node  Node
	route string
	// Only with API keys: of a session it is a person's browser, which is nobody's business.
	agent string
}

type uses struct {
	count       int
	first, last time.Time
}

func (v *Verifier) countUse(verdict *Verdict, route, userAgent string) {
	// For an access token it is the session or the API key above it that was used.
	for _, node := range verdict.path {
		if node.Kind != "session" && node.Kind != "api_key" {
			continue
		}
		what := use{node: node, route: route}
		if node.Kind == "api_key" {
			what.agent = toProgramName(userAgent)
		}
		now := time.Now()
		v.mu.Lock()
		defer v.mu.Unlock()
		if known := v.usage[what]; known != nil {
			known.count, known.last = known.count+1, now
		} else if len(v.usage) < usesMax { // Beyond that it is better to lose counts than memory.
			v.usage[what] = &uses{1, now, now}
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
		told := map[string]any{
			"credential": map[string]any{"kind": what.node.Kind, "id": what.node.ID},
			"route":      what.route,
			"count":      found.count,
			"refused":    0,
			"first":      found.first.UTC().Format(wireTime),
			"last":       found.last.UTC().Format(wireTime),
			"address":    nil,
		}
		if what.agent != "" {
			told["agent"] = what.agent
		}
		report = append(report, told)
	}
	v.authority.report(report)
}

// toProgramName gives the product of User-Agent (RFC 9110 §10.1.5) without its version: enough to tell programs apart.
func toProgramName(userAgent string) string {
	text := strings.TrimSpace(userAgent)
	if text == "" {
		return "none"
	}
	found := product.FindStringSubmatch(text)
	if found == nil {
		return "other"
	}
	name := strings.ToLower(found[1])
	if name == "mozilla" {
		return "browser"
	}
	return name
}
