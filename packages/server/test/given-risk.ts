/** People with a habit, and strangers who know their password. */
import type { Answer, Given, SendOptions } from './given.ts'
import { PASSWORD } from './given.ts'

/** Plain HTTP is answered on the loopback interface alone, which has networks enough. */
export const HOME = '127.1.1.1'
export const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
export const ELSEWHERE = '127.2.2.2'
export const CHROME =
  'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36'

type To = Pick<Given, 'send' | 'clock'>

export function signInFrom(
  { send }: Pick<To, 'send'>,
  email: string,
  where: Pick<SendOptions, 'address' | 'cookie'> & {
    readonly agent?: string
    readonly password?: string
    readonly deliver?: 'cookie'
  } = {},
): Promise<Answer> {
  const {
    address = HOME,
    agent = FIREFOX,
    password = PASSWORD,
    deliver = 'session_token',
    cookie = '',
  } = where
  const body = { email, password, deliver }
  return send('POST', '/v1/sign-in', { address, cookie, headers: { 'user-agent': agent }, body })
}

export const asStranger = (
  to: Pick<To, 'send'>,
  email: string,
  password: string = PASSWORD,
): Promise<Answer> => signInFrom(to, email, { address: ELSEWHERE, agent: CHROME, password })

/** Signs in at home, once a day at the same hour. */
export async function getUsedTo(to: To, email: string, days = 20): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const answer = await signInFrom(to, email)
    if (answer.status !== 200) throw new Error(answer.text)
    to.clock.advance(86_400)
  }
}
