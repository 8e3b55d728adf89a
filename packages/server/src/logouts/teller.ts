/** Handing a logout token to a client (Back-Channel Logout §2.5), by the one way to servers that somebody else named. */
import type { LogoutTeller, Told } from '@countersign/core'
import type { Outbound } from '../outbound/ports.ts'

/** Nothing that it says is read. */
const BYTES_MAX = 4096

export function createLogoutTeller(outbound: Outbound): LogoutTeller {
  return {
    async tell(uri, logoutToken) {
      const answer = await outbound.request(uri, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: logoutToken }).toString(),
        bytesMax: BYTES_MAX,
      })
      // A page of an error that is too long says as much as a short one: it was not done.
      return answer.ok ? judge(answer.status) : { kind: 'unreachable', reason: answer.reason }
    },
  }
}

/**
 * Back-Channel Logout §2.8. Some answer 204, and 400 is an answer to the message itself; everything else may be a
 * server that is starting, or one that stands before it.
 */
function judge(status: number): Told {
  if (status >= 200 && status < 300) return { kind: 'told' }
  const reason = `status_${status}`
  return status === 400 ? { kind: 'refused', reason } : { kind: 'unreachable', reason }
}
