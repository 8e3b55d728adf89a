package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/oauth2"
)

const (
	attemptCookie   = "attempt"
	sessionCookie   = "session"
	attemptSeconds  = 600
	sessionsMax     = 1000
	attemptPartsLen = 3
)

// attempt is one way to the authority and back. It stays in the browser that began it, so that nobody can end
// up in an account that somebody else has chosen for them, and the app remembers nothing for strangers.
type attempt struct{ state, nonce, verifier string }

// session is one browser that is signed in. Its lock lets one request at a time renew its tokens.
type session struct {
	sync.Mutex
	who *identity
}

type app struct {
	provider *provider
	mutex    sync.Mutex
	sessions map[string]*session
}

func newApp(ctx context.Context, from settings) (*app, error) {
	found, err := discover(ctx, from)
	if err != nil {
		return nil, err
	}
	return &app{provider: found, sessions: map[string]*session{}}, nil
}

func (a *app) login(writer http.ResponseWriter, request *http.Request) {
	// GenerateVerifier gives 32 random bytes as text, which suits all three.
	try := attempt{oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()}
	setCookie(writer, attemptCookie, strings.Join([]string{try.state, try.nonce, try.verifier}, "."), attemptSeconds)
	http.Redirect(writer, request, a.provider.addressFor(try), http.StatusFound)
}

func (a *app) callback(writer http.ResponseWriter, request *http.Request) {
	try, err := attemptOf(request)
	if err != nil {
		fail(writer, http.StatusBadRequest, err)
		return
	}
	setCookie(writer, attemptCookie, "", -1)
	who, err := a.provider.redeem(request.Context(), try, request.URL.Query())
	if err != nil {
		fail(writer, statusOf(err), err)
		return
	}
	// A new name for each sign-in: one that was there before may be known to somebody else.
	name := oauth2.GenerateVerifier()
	if !a.keep(name, &session{who: who}) {
		fail(writer, http.StatusServiceUnavailable, errors.New("too many people are signed in"))
		return
	}
	setCookie(writer, sessionCookie, name, 0)
	answer(writer, http.StatusOK, map[string]any{"sub": who.subject})
}

func (a *app) me(writer http.ResponseWriter, request *http.Request) {
	a.withSession(writer, request, func(who *identity) error { return nil })
}

func (a *app) refresh(writer http.ResponseWriter, request *http.Request) {
	a.withSession(writer, request, func(who *identity) error { return a.provider.renew(request.Context(), who) })
}

// withSession does something for whoever is signed in, and answers with what UserInfo tells then.
func (a *app) withSession(writer http.ResponseWriter, request *http.Request, act func(*identity) error) {
	found := a.find(request)
	if found == nil {
		fail(writer, http.StatusUnauthorized, errors.New("nobody is signed in"))
		return
	}
	found.Lock()
	defer found.Unlock()
	err := act(found.who)
	var claims map[string]any
	if err == nil {
		claims, err = a.provider.about(request.Context(), found.who)
	}
	if err != nil {
		fail(writer, statusOf(err), err)
		return
	}
	answer(writer, http.StatusOK, claims)
}

func (a *app) keep(name string, one *session) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if len(a.sessions) >= sessionsMax {
		return false
	}
	a.sessions[name] = one
	return true
}

func (a *app) find(request *http.Request) *session {
	cookie, err := request.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.sessions[cookie.Value]
}

func attemptOf(request *http.Request) (attempt, error) {
	cookie, err := request.Cookie(attemptCookie)
	if err != nil {
		return attempt{}, errors.New("this browser did not begin to sign in")
	}
	parts := strings.Split(cookie.Value, ".")
	if len(parts) != attemptPartsLen {
		return attempt{}, errors.New("this browser did not begin to sign in")
	}
	return attempt{state: parts[0], nonce: parts[1], verifier: parts[2]}, nil
}

// setCookie lacks Secure, since this example listens on loopback without a certificate. Add it anywhere else.
func setCookie(writer http.ResponseWriter, name, value string, seconds int) {
	cookie := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	http.SetCookie(writer, &cookie)
}

// fail says what the library said, for whoever reads this example. Tell people something kinder.
func fail(writer http.ResponseWriter, status int, err error) {
	answer(writer, status, map[string]any{"error": err.Error()})
}

func answer(writer http.ResponseWriter, status int, body map[string]any) {
	writer.Header().Set("Content-Type", "application/json")
	writer.Header().Set("Cache-Control", "no-store")
	writer.WriteHeader(status)
	_ = json.NewEncoder(writer).Encode(body)
}
