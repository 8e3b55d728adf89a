/** What the advisor has to say beyond the method: where answers pull apart, and where something simpler would do. */
import type { Condition } from './questions.ts'

export interface Remark {
  readonly id: string
  readonly when: Condition
  readonly text: string
}

/** Two wishes that cannot both be had, and what is given up. */
export const cautions: readonly Remark[] = [
  {
    id: 'caution.library_at_once',
    when: { checker: ['library'], revocation: ['at_once'] },
    text: 'A plain JWT library does not hear of revocations: a revoked access token stays good there until it expires. The lifetime is set to 5 minutes; where that is too long, use a verifier, or have the API introspect the token.',
  },
  {
    id: 'caution.outage_at_once',
    when: { outage: ['go_on'], revocation: ['at_once'] },
    text: "An API that goes on without the authority does not hear of revocations meanwhile. Mark only routes with `freshness: 'signature'` that do little harm for the minutes that an access token lives; all others refuse after the lease.",
  },
  {
    id: 'caution.same_host_library',
    when: { callers: ['browser'], pages: ['same_host', 'one_site'], checker: ['library'] },
    text: 'Pages that call with an access token must never store it: keep it in memory, where a script that was smuggled in can use it but not carry on with it for long.',
  },
  {
    id: 'caution.partner_password',
    when: { callers: ['partner'], assurance: ['password'] },
    text: 'Customers who make keys for themselves sign in first: a stolen password then makes keys. Demand a second factor of roles with `api-keys:write`.',
  },
  {
    id: 'caution.open_password',
    when: { joining: ['open'], assurance: ['password'] },
    text: 'With open sign-up and passwords alone, expect passwords that leaked elsewhere to be tried. Limits and growing waits are on by default; offer a second factor early.',
  },
  {
    id: 'caution.one_site_hosts',
    when: { callers: ['browser'], pages: ['one_site'] },
    text: 'The session cookie reaches every host of the domain. A host that somebody else runs, such as a shop system or a help desk, does not belong under it.',
  },
  {
    id: 'caution.regulated_apps',
    when: { callers: ['app'], assurance: ['regulated'] },
    text: 'AAL2 wants a new sign-in every 24 hours, and after an hour without use: apps cannot stay signed in for weeks.',
  },
]

/** Where it is honest to say that less would do. */
export const simpler: readonly Remark[] = [
  {
    id: 'simpler.framework',
    when: {
      callers: ['browser'],
      pages: ['same_host'],
      apis: ['one'],
      checker: ['verifier'],
      assurance: ['password'],
      load: ['one'],
    },
    text: 'One application with its own pages on one host can use the sessions of its framework. Countersign earns its place when you want factors, an audit log, revocation that can be proved, or a second caller.',
  },
  {
    id: 'simpler.platform',
    when: { callers: ['service'], apis: ['one'], programs: ['key'], revocation: ['minutes'], load: ['one'] },
    text: 'Two programs of yours on one platform can trust its own identities, or a shared secret in its vault. Countersign earns its place when keys have owners, permissions and an end, and somebody wants to know who used which.',
  },
]
