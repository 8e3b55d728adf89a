/** What an administrator looks over: what happened and needs attention, and the settings. */
import type {
  OverviewPeriodShape,
  OverviewResponse,
  SecretsResponse,
  SettingsResponse,
  TestMailResponse,
} from '@countersign/protocol'
import { parseAnswer } from './answers.ts'
import type { Call } from './caller.ts'

export interface Overseeing {
  /** Counts of a day, a week or a month, and what needs attention; needs `overview:read`. */
  readonly overview: { read(period?: OverviewPeriodShape): Promise<OverviewResponse> }
  /** Root secrets, keys and client secrets by their age; needs `settings:read`. */
  readonly secrets: { list(): Promise<SecretsResponse> }
  readonly settings: {
    /** Every setting of the node that answers, without any secret. */
    list(): Promise<SettingsResponse>
    /** Sends a mail to one's own address at once, and tells what stands in the way. */
    testMail(): Promise<TestMailResponse>
  }
}

export function createOverseeing(call: Call): Overseeing {
  return {
    overview: {
      read: async (period = 'day') => {
        const query = { period }
        return parseAnswer(await call({ method: 'GET', path: '/v1/overview', query }), 'lines', 'attention')
      },
    },
    secrets: {
      list: async () =>
        parseAnswer(await call({ method: 'GET', path: '/v1/secrets' }), 'root', 'api_keys', 'clients'),
    },
    settings: {
      list: async () => parseAnswer(await call({ method: 'GET', path: '/v1/settings' }), 'items', 'brand'),
      testMail: async () =>
        parseAnswer(await call({ method: 'POST', path: '/v1/settings/test-mail' }), 'outcome'),
    },
  }
}
