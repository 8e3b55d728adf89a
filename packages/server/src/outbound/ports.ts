/** What a call to somebody else's server is and how it ends: the words that `outbound/` is used with. */

export interface OutboundRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Sent with POST, as UTF-8. */
  readonly body?: string
  /** More than this is no answer. */
  readonly bytesMax?: number
}

/** Which of the rules was broken, for the log and never for whoever named the URL: it would map our network. */
export type OutboundFailure =
  | 'bad_url'
  | 'host_not_allowed'
  | 'unresolvable'
  | 'address_refused'
  | 'busy'
  | 'unreachable'
  | 'timed_out'
  | 'redirected'
  | 'encoded'
  | 'too_large'
  | 'not_text'

export type OutboundAnswer =
  | {
      readonly ok: true
      /** Any but a redirect: what it means, the caller knows. */
      readonly status: number
      readonly contentType: string | null
      readonly cacheControl: string | null
      readonly text: string
    }
  | { readonly ok: false; readonly reason: OutboundFailure }

export interface Outbound {
  /**
   * Calls a URL that somebody else has named. Never throws for what that server, its name or its network does.
   * Redirects are not followed: where one leads, nobody has looked at (ASVS 15.3.2).
   */
  request(url: string, request?: OutboundRequest): Promise<OutboundAnswer>
}

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** All addresses of a name; rejects where there are none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>
