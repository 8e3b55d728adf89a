import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegisteredRedirectUri, redirectUriMistake } from './redirect-uris.ts'

test('what cannot be sent back to safely is not registered, by whatever kind of client', () => {
  for (const uri of [
    '',
    'https://',
    'https:///path',
    'https:app.example.com',
    'http://app.example.com/callback',
    'http://127.0.0.1.example.com/callback',
    'http://localhost.example.com/callback',
    'http://127.0.0.1@app.example.com/',
    'http://10.0.0.1/callback',
    'http://localhost:port/callback',
    '//app.example.com/callback',
    '/callback',
    'app.example.com/callback',
    'https://app.example.com/callback#fragment',
    'https://app.example.com/callback#',
    'https://*.example.com/callback',
    'https://app.example.com/*',
    'https://user:password@app.example.com/',
    'https://user@app.example.com/',
    'https://@app.example.com/',
    'https://app.example.com\\@evil.example.com/',
    'https://app.example.com/ callback',
    'https://app.example.com/\r\nlocation: https://evil.example.com',
    'https://äpp.example.com/callback',
    'https://app.example.com/<script>',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'myapp:/callback',
    'myapp://callback',
    'com.example.app:callback',
    'com.example.app://evil.example.com/callback',
    `https://app.example.com/${'a'.repeat(1000)}`,
  ]) {
    for (const kind of ['public', 'confidential'] as const) {
      assert.notEqual(redirectUriMistake(uri, kind), null, `${kind} ${uri}`)
    }
  }
})

test('RFC 8252 §7.1: a private scheme is for apps on a device, which are public', () => {
  assert.equal(redirectUriMistake('com.example.app:/callback', 'public'), null)
  assert.notEqual(redirectUriMistake('com.example.app:/callback', 'confidential'), null)
})

test('https, and http on loopback, are registered as they are', () => {
  for (const uri of [
    'https://app.example.com',
    'https://app.example.com/callback?from=countersign&x=%20',
    'https://app.example.com:8443/callback',
    'https://[2001:db8::1]/callback',
    'http://localhost:3000/callback',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:51004/callback',
    'http://[::1]/callback',
  ]) {
    for (const kind of ['public', 'confidential'] as const) {
      assert.equal(redirectUriMistake(uri, kind), null, uri)
    }
  }
})

test('RFC 9700 §2.1: redirect URIs are compared to the letter', () => {
  const registered = ['https://app.example.com/callback']

  for (const uri of [
    'https://app.example.com/callback/',
    'https://app.example.com/Callback',
    'https://APP.example.com/callback',
    'https://app.example.com:443/callback',
    'https://app.example.com/callback?x=1',
    'https://app.example.com/callback#x',
    'https://app.example.com/callback/../other',
    'https://app.example.com/callback/..%2fother',
    'https://app.example.com.evil.example/callback',
    'https://app.example.com@evil.example/callback',
    'https://evil.example/?https://app.example.com/callback',
    'http://app.example.com/callback',
    ' https://app.example.com/callback',
    'https://app.example.com/callback\0',
    '',
  ]) {
    assert.equal(isRegisteredRedirectUri(registered, uri), false, uri)
  }
  assert.equal(isRegisteredRedirectUri(registered, 'https://app.example.com/callback'), true)
})

test('RFC 8252 §7.3: on a loopback address any port is the same, and nothing else is', () => {
  const registered = ['http://127.0.0.1/callback?x=1', 'http://[::1]:4000/', 'http://localhost:3000/callback']

  for (const uri of [
    'http://127.0.0.1:51004/callback?x=1',
    'http://127.0.0.1/callback?x=1',
    'http://[::1]:1/',
    'http://localhost:3000/callback',
  ]) {
    assert.equal(isRegisteredRedirectUri(registered, uri), true, uri)
  }
  for (const uri of [
    'http://127.0.0.1:51004/callback',
    'http://127.0.0.1:51004/callback?x=1&y=2',
    'http://127.0.0.1:51004/other?x=1',
    'https://127.0.0.1:51004/callback?x=1',
    'http://127.0.0.1:@evil.example/callback?x=1',
    'http://127.0.0.1:80.evil.example/callback?x=1',
    'http://127.0.0.2:51004/callback?x=1',
    'http://localhost:51004/callback',
    'http://[::1]:1/other',
  ]) {
    assert.equal(isRegisteredRedirectUri(registered, uri), false, uri)
  }
})
