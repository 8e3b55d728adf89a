package verifier

// Strict readers of what strangers send: one spelling for every string of bytes, one meaning for every JSON text.

import (
	"encoding/base64"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/json"
)

// errMalformed says nothing about what stood in the text.
var errMalformed = errors.New("malformed")

// parseBase64URL reads canonical base64url without padding (RFC 7515 §2).
func parseBase64URL(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// The decoder skips line ends; spelled again they are missing.
	if err != nil || base64.RawURLEncoding.EncodeToString(data) != text {
		return nil, errMalformed
	}
	return data, nil
}

// parseObject reads one JSON object in UTF-8 in which no object names a member twice, or "__proto__". The
// standard library's reader takes the last of two members and compares names without regard to case; this
// one, of the JOSE library, does neither.
func parseObject(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, errMalformed
	}
	var value map[string]any
	if err := json.Unmarshal(data, &value); err != nil || value == nil || namesProto(value) {
		return nil, errMalformed
	}
	return value, nil
}

func namesProto(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name == "__proto__" || namesProto(member) {
				return true
			}
		}
	case []any:
		for _, item := range value {
			if namesProto(item) {
				return true
			}
		}
	}
	return false
}

const numberMax = 1 << 53

// number reads a JSON number that every language can hold.
func number(value any) (float64, bool) {
	found, ok := value.(float64)
	return found, ok && math.Abs(found) < numberMax
}

// count reads a whole number from 0 up.
func count(value any) (int64, bool) {
	found, ok := number(value)
	return int64(found), ok && found >= 0 && found == math.Trunc(found)
}

func texts(value any) ([]string, bool) {
	list, ok := value.([]any)
	if !ok {
		return nil, false
	}
	found := make([]string, len(list))
	for index, item := range list {
		if found[index], ok = item.(string); !ok {
			return nil, false
		}
	}
	return found, true
}
