// A resource server of one route, GET /check, that tells what the presented credential is. Settings by environment.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"countersign.example/verifier-go/verifier"
)

func main() {
	checker, err := verifier.New(verifier.Options{
		Issuer:       os.Getenv("ISSUER"),
		AuthorityURL: os.Getenv("AUTHORITY_URL"),
		Audience:     os.Getenv("AUDIENCE"),
		Key:          os.Getenv("KEY"),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer checker.Close()
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Getenv("PORT")))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /check", func(writer http.ResponseWriter, request *http.Request) {
		status, body := check(checker, request)
		writer.Header().Set("Content-Type", "application/json")
		writer.WriteHeader(status)
		_ = json.NewEncoder(writer).Encode(body)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-stopping.Done()
		_ = server.Close()
	}()
	fmt.Printf("listening on http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func check(checker *verifier.Verifier, request *http.Request) (int, map[string]string) {
	credential, err := verifier.TakeCredential(request.Header)
	switch {
	case errors.Is(err, verifier.ErrMultiple):
		return http.StatusBadRequest, problem("multiple_credentials")
	case errors.Is(err, verifier.ErrRequired):
		return http.StatusUnauthorized, problem("credential_required")
	case err != nil:
		return http.StatusUnauthorized, problem("invalid_credential")
	}
	verdict, err := checker.Check(credential, "check", request.UserAgent())
	switch {
	case errors.Is(err, verifier.ErrRefused):
		return http.StatusUnauthorized, problem("invalid_credential")
	case err != nil:
		return http.StatusServiceUnavailable, problem("verifier_unavailable")
	}
	// The resource server's own connection: behind a proxy it takes the address from where the proxy puts it.
	caller, err := netip.ParseAddrPort(request.RemoteAddr)
	if err != nil || !verdict.IsFrom(caller.Addr()) {
		return http.StatusForbidden, problem("credential_address_refused")
	}
	if needed := request.URL.Query().Get("permission"); needed != "" && !verdict.Allows(needed) {
		return http.StatusForbidden, problem("permission_denied")
	}
	return http.StatusOK, map[string]string{"sub": verdict.Subject, "kind": verdict.Kind, "credential": verdict.ID}
}

func problem(code string) map[string]string { return map[string]string{"code": code} }
