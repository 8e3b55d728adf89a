package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type settings struct{ issuer, clientID, clientSecret, redirectURL string }

// provider is the authority, found by its issuer alone, and what this app is to it.
type provider struct {
	issuer   string
	config   oauth2.Config
	found    *oidc.Provider
	verifier *oidc.IDTokenVerifier
}

// identity is who has signed in, and the tokens that came of it.
type identity struct {
	subject string
	token   *oauth2.Token
}

// discover reads the metadata of the issuer: every endpoint, the keys and the algorithms come from there.
func discover(ctx context.Context, from settings) (*provider, error) {
	found, err := oidc.NewProvider(ctx, from.issuer)
	if err != nil {
		return nil, err
	}
	endpoint := found.Endpoint()
	// Said rather than tried out: a wrong secret is then one request, and counts as one wrong try.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	return &provider{
		issuer: from.issuer,
		config: oauth2.Config{
			ClientID:     from.clientID,
			ClientSecret: from.clientSecret,
			RedirectURL:  from.redirectURL,
			Endpoint:     endpoint,
			// offline_access is for refreshing after the person has signed out at the authority; leave it out otherwise.
			Scopes: []string{oidc.ScopeOpenID, "email", oidc.ScopeOfflineAccess},
		},
		found:    found,
		verifier: found.Verifier(&oidc.Config{ClientID: from.clientID}),
	}, nil
}

func (p *provider) addressFor(try attempt) string {
	return p.config.AuthCodeURL(try.state, oidc.Nonce(try.nonce), oauth2.S256ChallengeOption(try.verifier))
}

// redeem turns what the browser came back with into somebody. Nothing of the answer is believed before it is checked.
func (p *provider) redeem(ctx context.Context, try attempt, answer url.Values) (*identity, error) {
	if !same(answer.Get("state"), try.state) {
		return nil, errors.New("state does not match")
	}
	// RFC 9207: an answer of another authority, which an app with several of them could be talked into using here.
	if answer.Get("iss") != p.issuer {
		return nil, errors.New("the answer is of another issuer")
	}
	if answer.Get("error") != "" {
		return nil, refusal(answer.Get("error"))
	}
	token, err := p.config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(try.verifier))
	if err != nil {
		return nil, err
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("there is no ID token")
	}
	// The signature by the published keys, the algorithm, the issuer, the audience and the expiry.
	claims, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	// What the library leaves to its caller: OpenID Connect Core §3.1.3.7 and §3.1.3.8.
	if !same(claims.Nonce, try.nonce) {
		return nil, errors.New("nonce does not match")
	}
	if err := claims.VerifyAccessToken(token.AccessToken); err != nil {
		return nil, err
	}
	return &identity{subject: claims.Subject, token: token}, nil
}

// renew trades the refresh token, also one whose access token is still good. Each refresh token works once.
func (p *provider) renew(ctx context.Context, who *identity) error {
	token, err := p.config.TokenSource(ctx, &oauth2.Token{RefreshToken: who.token.RefreshToken}).Token()
	if err != nil {
		return err
	}
	who.token = token
	return nil
}

// about asks UserInfo, with a new access token where the old one has run out.
func (p *provider) about(ctx context.Context, who *identity) (map[string]any, error) {
	token, err := p.config.TokenSource(ctx, who.token).Token()
	if err != nil {
		return nil, err
	}
	who.token = token
	info, err := p.found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	// OpenID Connect Core §5.3.2: claims about somebody else are not used.
	if info.Subject != who.subject {
		return nil, fmt.Errorf("UserInfo is about somebody else")
	}
	var claims map[string]any
	return claims, info.Claims(&claims)
}

// refusal is an error code that the authority sent with the browser, such as access_denied.
type refusal string

func (r refusal) Error() string { return string(r) }

// statusOf is what the browser is answered.
func statusOf(err error) int {
	var refused refusal
	if errors.As(err, &refused) {
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

func same(left, right string) bool {
	return right != "" && subtle.ConstantTimeCompare([]byte(left), []byte(right)) == 1
}
