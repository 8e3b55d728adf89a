package verifier

// Access tokens: the form, the signature, the claims, and the path of nodes that can end one (RFC 9068).

import (
	"crypto/rsa"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

const (
	tokenCharactersMax = 8192
	leewaySeconds      = 30
	lifetimeSecondsMax = 3600
)

// Members that change what a signature means, or bring a key along. None is understood, so all are refused.
var refusedMembers = []string{"crit", "b64", "enc", "jwk", "jku", "x5u", "x5c"}

// token is in the right form. Nothing that stands in it is true yet.
type token struct {
	text, alg, kid string
	payload        []byte
}

func parseToken(text string) (*token, error) {
	parts := strings.Split(text, ".")
	if len(text) > tokenCharactersMax || len(parts) != 3 || slices.Contains(parts, "") {
		return nil, errMalformed
	}
	headerBytes, err := parseBase64URL(parts[0])
	if err != nil {
		return nil, err
	}
	payload, err := parseBase64URL(parts[1])
	if err != nil {
		return nil, err
	}
	// The library's own decoder is more forgiving.
	if _, err := parseBase64URL(parts[2]); err != nil {
		return nil, err
	}
	header, err := parseObject(headerBytes)
	if err != nil {
		return nil, err
	}
	for _, member := range refusedMembers {
		if _, ok := header[member]; ok {
			return nil, errMalformed
		}
	}
	alg, hasAlg := header["alg"].(string)
	kid, hasKid := header["kid"].(string)
	typ, hasTyp := header["typ"].(string)
	typ = strings.ToLower(typ)
	// RFC 9068 §4: no other kind of JWT is an access token.
	if !hasAlg || !hasKid || !hasTyp || (typ != "at+jwt" && typ != "application/at+jwt") {
		return nil, errMalformed
	}
	return &token{text, alg, kid, payload}, nil
}

// importKeys reads the keys of a set by `kid`. Keys for something else are skipped (RFC 7517 §5); a repeated
// `kid` is an error.
func importKeys(jwks []any) (map[string]*jose.JSONWebKey, error) {
	keys := map[string]*jose.JSONWebKey{}
	for _, one := range jwks {
		key := new(jose.JSONWebKey)
		if key.UnmarshalJSON(marshal(one)) != nil || !isForSignatures(key) {
			continue
		}
		if keys[key.KeyID] != nil {
			return nil, errMalformed
		}
		keys[key.KeyID] = key
	}
	return keys, nil
}

func isForSignatures(key *jose.JSONWebKey) bool {
	if key.KeyID == "" || len(key.KeyID) > 128 || (key.Use != "" && key.Use != "sig") || !key.IsPublic() {
		return false
	}
	switch jose.SignatureAlgorithm(key.Algorithm) {
	case jose.ES256, jose.EdDSA:
		return true // The library refuses a key of another kind or curve when it verifies.
	case jose.RS256:
		public, ok := key.Key.(*rsa.PublicKey)
		return ok && public.N.BitLen() >= 2048 && public.E >= 65537
	}
	return false
}

// hasGoodSignature: the key says which algorithm it is for; what the token says must be the same (RFC 8725 §3.1).
func hasGoodSignature(found *token, key *jose.JSONWebKey) bool {
	if found.alg != key.Algorithm {
		return false
	}
	parsed, err := jose.ParseSignedCompact(found.text, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.Algorithm)})
	if err != nil {
		return false
	}
	_, err = parsed.Verify(key.Key)
	return err == nil
}

const idBody = `_[0-9a-hjkmnp-tv-z]{26}$`

var (
	principalID = regexp.MustCompile(`^(?:acc|svc)` + idBody)
	sessionID   = regexp.MustCompile(`^ses` + idBody)
	grantID     = regexp.MustCompile(`^gra` + idBody)
	apiKeyID    = regexp.MustCompile(`^key` + idBody)
	keyID       = regexp.MustCompile(`^sig` + idBody)
	tokenID     = regexp.MustCompile(`^jwt` + idBody)
	name        = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)
	clientID    = regexp.MustCompile(`^(?:[a-z][a-z0-9-]{0,63}|` + documentURL + `)$`)
	scope       = regexp.MustCompile(`^(?:` + permission + `(?: ` + permission + `)*)?$`)
	anything    = regexp.MustCompile(``)
)

// documentURL is the id of a client that describes itself in a document.
const documentURL = `https://[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)+/?`

const clientIDMax = 200

const permission = `(?:\*|[a-z][a-z0-9_.-]{0,47}:(?:\*|[a-z][a-z0-9_.-]{0,47}))`

// claims reads one claim after another and remembers whether all were good.
type claims struct {
	values map[string]any
	isBad  bool
}

func (c *claims) need(ok bool) { c.isBad = c.isBad || !ok }

func (c *claims) has(name string) bool {
	_, ok := c.values[name]
	return ok
}

func (c *claims) text(name string, pattern *regexp.Regexp) string {
	value, ok := c.values[name].(string)
	c.need(ok && pattern.MatchString(value))
	return value
}

func (c *claims) optionalText(name string, pattern *regexp.Regexp) string {
	if !c.has(name) {
		return ""
	}
	return c.text(name, pattern)
}

func (c *claims) number(name string) float64 {
	value, ok := number(c.values[name])
	c.need(ok)
	return value
}

func (c *claims) list(name string, accepts func(string) bool) []string {
	if !c.has(name) {
		return nil
	}
	values, ok := texts(c.values[name])
	c.need(ok)
	for _, value := range values {
		c.need(accepts(value))
	}
	return values
}

func isAddressBlock(text string) bool {
	_, err := parseBlock(text)
	return err == nil
}

// parseBlock reads an address or a block. Bits behind the prefix must be zero: 10.0.0.1/8 may mean one host or
// sixteen million.
func parseBlock(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		address, err := netip.ParseAddr(text)
		if err != nil || address.Zone() != "" {
			return netip.Prefix{}, errMalformed
		}
		return netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
	}
	block, err := netip.ParsePrefix(text)
	if err != nil || block != block.Masked() {
		return netip.Prefix{}, errMalformed
	}
	return block, nil
}

// readClaims reads the payload of a token whose signature was good: its epoch, and what it allows.
func readClaims(found *token, issuer string, audience string, nowMs, expiryNowMs float64) (string, *Verdict, error) {
	values, err := parseObject(found.payload)
	if err != nil {
		return "", nil, err
	}
	c := &claims{values: values}
	c.need(values["iss"] == issuer && !c.has("cnf"))
	checkAudience(c, audience)
	exp := checkTimes(c, nowMs/1000, expiryNowMs/1000)
	checkRest(c)
	position, ok := count(values["pos"])
	c.need(ok)
	verdict := &Verdict{
		Subject:        c.text("sub", principalID),
		Kind:           "access_token",
		ID:             c.text("jti", tokenID),
		Permissions:    strings.Fields(c.text("scope", scope)),
		AllowAddresses: c.list("addrs", isAddressBlock),
		path:           readPath(c, issuer, found.kid),
		position:       position,
		usableUntilMs:  (exp + leewaySeconds) * 1000,
	}
	epoch := c.text("epoch", anything)
	if c.isBad {
		return "", nil, errMalformed
	}
	return epoch, verdict, nil
}

func checkAudience(c *claims, audience string) {
	if one, ok := c.values["aud"].(string); ok {
		c.need(one == audience)
		return
	}
	several, ok := texts(c.values["aud"])
	c.need(ok && slices.Contains(several, audience))
}

func checkTimes(c *claims, nowSeconds, expiryNowSeconds float64) float64 {
	exp, iat := c.number("exp"), c.number("iat")
	from := iat
	if c.has("nbf") {
		from = max(iat, c.number("nbf"))
	}
	c.need(expiryNowSeconds < exp+leewaySeconds)
	c.need(exp <= nowSeconds+lifetimeSecondsMax+leewaySeconds)
	c.need(exp-iat <= lifetimeSecondsMax+leewaySeconds)
	c.need(from <= nowSeconds+leewaySeconds)
	return exp
}

// checkRest checks the claims that nobody here uses: what is written wrongly was not written by the authority.
func checkRest(c *claims) {
	c.list("resources", anything.MatchString)
	c.list("amr", anything.MatchString)
	c.optionalText("acr", anything)
	if c.has("auth_time") {
		c.number("auth_time")
	}
	if c.has("act") {
		c.need(isActor(c.values["act"]))
	}
	if c.has("rate") {
		rate, ok := c.values["rate"].([]any)
		c.need(ok && len(rate) == 2)
		for _, one := range rate {
			value, ok := count(one)
			c.need(ok && value > 0)
		}
	}
}

func readPath(c *claims, issuer, kid string) []Node {
	subject := c.text("sub", principalID)
	kind := "service_account"
	if strings.HasPrefix(subject, "acc_") {
		kind = "account"
	}
	client := c.text("client_id", clientID)
	c.need(len(client) <= clientIDMax)
	path := []Node{{"issuer", issuer}, {"signing_key", kid}, {"client", client}, {kind, subject}}
	for _, role := range c.list("roles", name.MatchString) {
		path = append(path, Node{"role", role})
	}
	for _, above := range []struct {
		claim, kind string
		pattern     *regexp.Regexp
	}{{"sid", "session", sessionID}, {"akid", "api_key", apiKeyID}, {"gid", "grant", grantID}} {
		if c.has(above.claim) {
			path = append(path, Node{above.kind, c.text(above.claim, above.pattern)})
		}
	}
	path = append(path, Node{"access_token", c.text("jti", tokenID)})
	parents := c.list("parents", isParent)
	c.need(len(parents) <= parentsMax)
	for _, parent := range parents {
		kind, id, _ := strings.Cut(parent, ":")
		path = append(path, Node{kind, id})
	}
	return path
}

const parentsMax = 16

// isParent tells whether a text names what an exchanged token stands under besides its own path.
func isParent(text string) bool {
	kind, id, found := strings.Cut(text, ":")
	if !found {
		return false
	}
	switch kind {
	case "access_token":
		return tokenID.MatchString(id)
	case "service_account":
		return principalID.MatchString(id) && strings.HasPrefix(id, "svc_")
	case "client":
		return clientID.MatchString(id) && len(id) <= clientIDMax
	case "signing_key":
		return keyID.MatchString(id)
	}
	return false
}

// isActor tells whether a claim names who acts for the subject (RFC 8693 §4.1).
func isActor(value any) bool {
	actor, ok := value.(map[string]any)
	if !ok {
		return false
	}
	if _, ok := actor["sub"].(string); !ok {
		return false
	}
	inner, has := actor["act"]
	return !has || isActor(inner)
}
