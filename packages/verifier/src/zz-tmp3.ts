import crypto from 'node:crypto'
import { parseBase64url } from './jwt/base64url.ts'
import { readClaims } from './jwt/claims.ts'
import { parseCompactJws, parsePayload } from './jwt/parse.ts'
import { toVerdict } from './jwt/verdict-of-claims.ts'
import { RevocationSet } from './revocation-set.ts'
import { toAccepted } from './verdict.ts'
import { VerdictCache } from './verdict-cache.ts'

const id = (p: string) => p + '_' + '01arz3ndektsv4rrffq69g5fav'
const kid = id('sig')
const k = crypto.createSecretKey(crypto.randomBytes(32))
const b64 = (o: any) => Buffer.from(JSON.stringify(o)).toString('base64url')
const h = b64({ alg: 'HS256', typ: 'at+jwt', kid })
const now = 1_800_000_000
function mk(i: number) {
  const p = b64({
    iss: 'https://auth.example.com',
    sub: 'acc_' + String(i % 1000).padStart(26, '0'),
    aud: 'https://api.example.com',
    exp: now + 800,
    iat: now - 100,
    jti: 'jwt_' + String(i).padStart(26, '0'),
    client_id: 'first-party',
    scope: 'orders:read orders:write invoices:read',
    sid: 'ses_' + String(i).padStart(26, '0'),
    gid: 'gra_' + String(i).padStart(26, '0'),
    roles: ['member'],
    amr: ['pwd'],
    auth_time: now - 1000,
    epoch: 'e_8f2k3l4m5n6p7q8r',
    pos: 12345,
  })
  return (
    'Bearer ' +
    h +
    '.' +
    p +
    '.' +
    crypto
      .createHmac('sha256', k)
      .update(h + '.' + p)
      .digest('base64url')
  )
}
const N = 4000
const heads = Array.from({ length: N }, (_, i) => mk(i))
const known = new Map([[h, { alg: 'HS256', kid }]])
const rules = {
  issuer: 'https://auth.example.com',
  audiences: ['https://api.example.com'],
  leewaySeconds: 30,
  lifetimeMaxSeconds: 3600,
}
const set = new RevocationSet()
set.add(
  Array.from({ length: 20000 }, (_, i) => ({
    position: i + 1,
    kind: 'session' as const,
    id: 'ses_' + String(900000 + i).padStart(26, '0'),
    expiresAtMs: now * 1000 + 9e5,
  })),
)
let sink: any
function st(name: string, prep: (t: string) => any, f: (x: any) => any) {
  const ts: number[] = []
  for (let r = 0; r < 12; r++) {
    const xs = heads.map((x) => prep(x.slice(7)))
    const s = performance.now()
    for (let i = 0; i < N; i++) sink = f(xs[i])
    ts.push(((performance.now() - s) * 1e6) / N)
  }
  ts.sort((a, b) => a - b)
  console.log(name.padEnd(34), ts[3]!.toFixed(0), 'ns', ts[6]!.toFixed(0))
}
const J = (t: string) => (parseCompactJws(t, known) as any).jws
st(
  'slice+map get',
  (t) => t,
  (t) => new Map().get(t),
)
const mm = new Map(heads.map((x) => [x + 'z', 1]))
st(
  'map get hash',
  (t) => t,
  (t) => mm.get(t),
)
st('parseCompactJws', (t) => t, J)
st(' payload b64', (t) => t.split('.')[1], parseBase64url)
st(' sig b64', (t) => t.split('.')[2], parseBase64url)
st('hmac', J, (j: any) => {
  const d = crypto.createHmac('sha256', k).update(j.signingInput, 'latin1').digest()
  return crypto.timingSafeEqual(d, j.signature)
})
st('hmac utf8', J, (j: any) => {
  const d = crypto.createHmac('sha256', k).update(j.signingInput).digest()
  return crypto.timingSafeEqual(d, j.signature)
})
st(
  'hmac -> b64url compare',
  J,
  (j: any) => crypto.createHmac('sha256', k).update(j.signingInput).digest('base64url') === j.headerText,
)
st(
  'hmac -> latin1',
  J,
  (j: any) => crypto.createHmac('sha256', k).update(j.signingInput).digest('latin1') === j.headerText,
)
st('hmac buffer input', J, (j: any) =>
  crypto.createHmac('sha256', k).update(Buffer.from(j.signingInput, 'latin1')).digest(),
)
const ip = Buffer.alloc(8300)
const kb = k.export()
for (let i = 0; i < 64; i++) ip[i] = (kb[i] ?? 0) ^ 0x36
const op = Buffer.alloc(96)
for (let i = 0; i < 64; i++) op[i] = (kb[i] ?? 0) ^ 0x5c
st('hmac by 2 crypto.hash', J, (j: any) => {
  const n = 64 + ip.latin1Write(j.signingInput, 64)
  const inner = crypto.hash('sha256', ip.subarray(0, n), 'buffer')
  inner.copy(op, 64)
  const d = crypto.hash('sha256', op, 'buffer')
  return crypto.timingSafeEqual(d, j.signature)
})
st('parsePayload', J, (j: any) => parsePayload(j.payload))
st(' utf8 decode only', J, (j: any) => new TextDecoder('utf-8', { fatal: true }) && j.payload.latin1Slice())
const td = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
st(' td decode', J, (j: any) => td.decode(j.payload))
st(' td decode + JSON.parse', J, (j: any) => JSON.parse(td.decode(j.payload)))
st(' JSON.stringify', J2, (j: any) => JSON.stringify(j))
function J2(t: string) {
  return parsePayload(J(t).payload)
}
st('readClaims', J2, (c: any) => readClaims(c, rules, now, now))
st('toVerdict', J2, (c: any) => toVerdict(c, kid, 30))
const V = (t: string) => toVerdict(J2(t) as any, kid, 30)
st('hits', V, (v: any) => set.hits(v.credential.path, v.position))
st('toAccepted', V, (v: any) => toAccepted(v))
for (const vm of [50000]) {
  let c = new VerdictCache({ entriesMax: vm, bytesMax: 1e9 })
  let n = 0
  st(
    'cache.add ' + vm,
    (t) => ({ t, a: toAccepted(V(t)) }),
    (x: any) => {
      if (n++ % N === 0) c = new VerdictCache({ entriesMax: vm, bytesMax: 1e9 })
      c.add(x.t, x.a, 1)
    },
  )
  st(
    'cache.get+add ',
    (t) => ({ t, a: toAccepted(V(t)) }),
    (x: any) => {
      if (n++ % N === 0) c = new VerdictCache({ entriesMax: vm, bytesMax: 1e9 })
      c.get(x.t)
      c.add(x.t, x.a, 1)
    },
  )
  const m2 = new Map()
  st(
    'map.set only',
    (t) => ({ t, a: toAccepted(V(t)) }),
    (x: any) => {
      m2.set(x.t, x.a)
    },
  )
}
