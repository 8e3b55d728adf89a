package verifier

// Calls to the authority, and its answers read strictly: what cannot be read is an outage, never half an answer.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"
)

const (
	bodyBytesMax     = 16 << 20
	opaqueVerdictMax = time.Minute
)

var (
	errOutage = errors.New("nothing could be found out")
	// The feed does not take our API key: the lease ends at once.
	errFeedRefused = errors.New("the feed refuses our key")
)

type authority struct {
	url, key string
	client   *http.Client
}

func newAuthority(address, key string) (*authority, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	host := parsed.Hostname()
	isLocal := host == "localhost" || host == "127.0.0.1" || host == "::1"
	if parsed.Scheme != "https" && (parsed.Scheme != "http" || !isLocal) {
		return nil, fmt.Errorf("the authority is called by HTTPS, or on this very machine")
	}
	// It follows no redirection: our key and the credential are for this host alone.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &authority{strings.TrimSuffix(address, "/"), key, client}, nil
}

func (a *authority) poll(verifier, epoch string, after int64, hold time.Duration) (feedAnswer, error) {
	query := url.Values{"verifier": {verifier}, "hold_ms": {strconv.FormatInt(hold.Milliseconds(), 10)}}
	if epoch != "" {
		query.Set("epoch", epoch)
		query.Set("after", strconv.FormatInt(after, 10))
	}
	status, body, err := a.call("GET", "/v1/revocations?"+query.Encode(), nil, hold+2*time.Second)
	if err == nil && (status == 401 || status == 403) {
		return feedAnswer{}, errFeedRefused
	}
	if err != nil || status != 200 {
		return feedAnswer{}, errOutage
	}
	return readFeed(body)
}

func (a *authority) keys(limit time.Duration) ([]any, error) {
	status, body, err := a.call("GET", "/.well-known/jwks.json", nil, limit)
	if err != nil || status != 200 {
		return nil, errOutage
	}
	value, err := parseObject(body)
	keys, ok := value["keys"].([]any)
	if err != nil || !ok {
		return nil, errOutage
	}
	return keys, nil
}

func (a *authority) ask(credential string, limit time.Duration) (map[string]any, error) {
	status, body, err := a.call("POST", "/v1/verify", map[string]any{"credential": credential}, limit)
	if err != nil || status != 200 {
		return nil, errOutage
	}
	value, err := parseObject(body)
	if _, ok := value["active"].(bool); err != nil || !ok {
		return nil, errOutage
	}
	return value, nil
}

func (a *authority) report(uses []any) {
	// A report that cannot be delivered is lost: a count twice would be worse than one missing.
	_, _, _ = a.call("POST", "/v1/usage", map[string]any{"uses": uses, "refusals": []any{}}, 3*time.Second)
}

func (a *authority) call(method, path string, body any, limit time.Duration) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(marshal(body))
	}
	request, err := http.NewRequestWithContext(ctx, method, a.url+path, content)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("X-API-Key", a.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, bodyBytesMax+1))
	if err == nil && len(read) > bodyBytesMax {
		err = errOutage
	}
	return response.StatusCode, read, err
}

// marshal is only given what was read from JSON or is made of texts and numbers.
func marshal(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return data
}

// object reads one member after another and remembers whether all were good.
type object struct {
	values map[string]any
	isBad  *bool
}

func (o object) need(ok bool) {
	if !ok {
		*o.isBad = true
	}
}

func (o object) text(name string) string {
	value, ok := o.values[name].(string)
	o.need(ok && value != "")
	return value
}

func (o object) count(name string) int64 {
	value, ok := count(o.values[name])
	o.need(ok)
	return value
}

func (o object) flag(name string) bool {
	value, ok := o.values[name].(bool)
	o.need(ok)
	return value
}

func (o object) timeMs(name string) float64 {
	moment, err := time.Parse(time.RFC3339, o.text(name))
	o.need(err == nil)
	return float64(moment.UnixMicro()) / 1000
}

func (o object) texts(name string) []string {
	values, ok := texts(o.values[name])
	o.need(ok)
	return values
}

func (o object) object(name string) object {
	values, ok := o.values[name].(map[string]any)
	o.need(ok)
	return object{values, o.isBad}
}

func (o object) objects(name string) []object {
	list, ok := o.values[name].([]any)
	o.need(ok)
	found := make([]object, len(list))
	for index, item := range list {
		values, ok := item.(map[string]any)
		o.need(ok)
		found[index] = object{values, o.isBad}
	}
	return found
}

func readFeed(body []byte) (feedAnswer, error) {
	values, err := parseObject(body)
	if err != nil {
		return feedAnswer{}, errOutage
	}
	isBad := false
	o := object{values, &isBad}
	answer := feedAnswer{
		epoch:    o.text("epoch"),
		position: o.count("position"),
		lease:    time.Duration(min(o.count("lease_ms"), leaseMax.Milliseconds())) * time.Millisecond,
		nowMs:    o.timeMs("now"),
		snapshot: o.flag("snapshot"),
		more:     o.flag("more"),
		prunedMs: math.Inf(-1),
	}
	if values["pruned_until"] != nil {
		answer.prunedMs = o.timeMs("pruned_until")
	}
	before := int64(0)
	for _, one := range o.objects("entries") {
		read := readEntry(one)
		o.need(read.position > before)
		before = read.position
		answer.entries = append(answer.entries, read)
	}
	o.need(before <= answer.position && (!answer.more || answer.lease == 0))
	if isBad {
		return feedAnswer{}, errOutage
	}
	return answer, nil
}

func readEntry(o object) entry {
	read := entry{
		position:  o.count("position"),
		node:      Node{o.text("kind"), o.text("id")},
		expiresMs: o.timeMs("expires_at"),
	}
	if o.values["issued_before_position"] != nil {
		before := o.count("issued_before_position")
		read.issuedBefore = &before
	}
	return read
}

// readVerdict reads the authority's verdict about a node, and whom it is for; askedMs is its time when it was asked.
func readVerdict(values map[string]any, node Node, issuer string, askedMs float64) (*Verdict, []string, error) {
	isBad := false
	o := object{values, &isBad}
	credential, principal := o.object("credential"), o.object("principal")
	o.need(credential.text("kind") == node.Kind && credential.text("id") == node.ID)
	owner := Node{principal.text("kind"), principal.text("id")}
	kept := min(o.count("cache_seconds")*1000, opaqueVerdictMax.Milliseconds())
	verdict := &Verdict{
		Subject:     owner.ID,
		Kind:        node.Kind,
		ID:          node.ID,
		Permissions: o.texts("permissions"),
		// Its own nodes are on every path, or it could not be revoked by them.
		path:          []Node{{"issuer", issuer}, owner, node},
		position:      o.count("position"),
		usableUntilMs: askedMs + float64(kept),
	}
	for _, one := range credential.objects("path") {
		verdict.path = append(verdict.path, Node{one.text("kind"), one.text("id")})
	}
	if credential.values["expires_at"] != nil {
		verdict.usableUntilMs = min(verdict.usableUntilMs, credential.timeMs("expires_at"))
	}
	if values["allow_addresses"] != nil {
		verdict.AllowAddresses = o.texts("allow_addresses")
		for _, address := range verdict.AllowAddresses {
			o.need(isAddressBlock(address))
		}
	}
	audiences := o.texts("audiences")
	if isBad {
		return nil, nil, errOutage
	}
	return verdict, audiences, nil
}
