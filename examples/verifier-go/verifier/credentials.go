package verifier

// Where a credential stands in a request, and what kind of opaque credential a text is. Asks nobody.

import (
	"errors"
	"hash/crc32"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

const (
	cookieName              = "__Host-countersign_session"
	credentialCharactersMax = 8192
	digits                  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// ErrMultiple: two headers, each with a credential. Nobody can say which one counts.
var ErrMultiple = errors.New("multiple credentials")

// ErrRequired: there is no credential.
var ErrRequired = errors.New("credential required")

var (
	opaque        = regexp.MustCompile(`^cs_(ses|key)live_([0-9a-hjkmnp-tv-z]{26})_[0-9A-Za-z]{43}([0-9A-Za-z]{6})$`)
	looksOpaque   = regexp.MustCompile(`^[a-z][a-z0-9]{1,11}_(ses|ref|key)(?:live|test)_`)
	authorization = regexp.MustCompile(`^([A-Za-z]+) +([^ ]+)$`)
	credential    = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)
)

// parseOpaque finds the node of a session token or API key. A wrong checksum never gets further than this.
func parseOpaque(text string) (Node, error) {
	match := opaque.FindStringSubmatch(text)
	if match == nil || checksum(text[:len(text)-6]) != match[3] {
		return Node{}, errMalformed
	}
	kind := map[string]string{"ses": "session", "key": "api_key"}[match[1]]
	return Node{kind, match[1] + "_" + match[2]}, nil
}

func checksum(body string) string {
	value := crc32.ChecksumIEEE([]byte(body))
	text := make([]byte, 6)
	for index := 5; index >= 0; index-- {
		text[index] = digits[value%62]
		value /= 62
	}
	return string(text)
}

// TakeCredential finds the one credential of a request. A header wins over the cookie even when it is bad: a
// request that names one caller is not served as another.
func TakeCredential(header http.Header) (string, error) {
	fields, apiKeys := header.Values("Authorization"), header.Values("X-API-Key")
	switch {
	case len(fields) > 0 && len(apiKeys) > 0:
		return "", ErrMultiple
	case len(fields) == 1:
		match := authorization.FindStringSubmatch(fields[0])
		if match == nil {
			return "", ErrRefused
		}
		switch strings.ToLower(match[1]) {
		case "bearer":
			return take(match[2], "jwt", "ses", "other")
		case "apikey":
			return take(match[2], "key")
		}
		return "", ErrRefused
	case len(fields) == 0 && len(apiKeys) == 1:
		return take(apiKeys[0], "key")
	case len(fields)+len(apiKeys) > 0:
		return "", ErrRefused
	}
	return takeCookie(strings.Join(header.Values("Cookie"), "; "))
}

func take(text string, shapes ...string) (string, error) {
	if len(text) > credentialCharactersMax || !credential.MatchString(text) || !slices.Contains(shapes, shape(text)) {
		return "", ErrRefused
	}
	return text, nil
}

func shape(text string) string {
	if strings.Contains(text, ".") {
		return "jwt"
	}
	if match := looksOpaque.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return "other"
}

// takeCookie does not use the standard library's reader, which takes quotes away and forgives much else.
func takeCookie(header string) (string, error) {
	found := []string{}
	for _, pair := range strings.Split(header, ";") {
		// Only spaces and tabs: behind other white space it is another name, which a script could have set.
		name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
		if ok && name == cookieName {
			found = append(found, value)
		}
	}
	switch len(found) {
	case 0:
		return "", ErrRequired
	case 1:
		return take(found[0], "ses")
	}
	return "", ErrRefused
}
