/** What happens beside the browser: mail is read, a device begins, and an open session calls the API. */
import assert from 'node:assert/strict'
import type { Person } from '../people.ts'

/** Answers the status. */
export type SessionCall = (path: string, body?: object) => Promise<number>

export async function openSession(url: string, { email, password }: Person): Promise<SessionCall> {
  const made = await sendJson(`${url}/v1/sign-in`, { email, password, deliver: 'session_token' })
  const token = textOf(await made.json(), 'session_token')
  return async (path, body) => {
    const answer = await sendJson(`${url}${path}`, body ?? {}, { authorization: `Bearer ${token}` })
    return answer.status
  }
}

export async function beginDevice(url: string, clientId: string): Promise<string> {
  const answer = await fetch(`${url}/oauth/device_authorization`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, scope: 'openid profile' }),
  })
  return textOf(await answer.json(), 'user_code')
}

/** The page of mail lists the newest first. Mail is written after the answer that announces it, so it is asked for until it is there. */
export async function linkTo(url: string, email: string, path: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const list = await readText(`${url}/dev/mail`)
    const rows = list.split('<li>').filter((row) => row.includes(`to ${email},`))
    for (const row of rows) {
      const message = /href="(\/dev\/mail\/[^"]+)"/.exec(row)?.[1] ?? ''
      const link = new RegExp(`href="(${path}[#?][^"]+)"`).exec(await readText(`${url}${message}`))?.[1]
      if (link !== undefined) return `${url}${link.replaceAll('&amp;', '&')}`
    }
    await new Promise((go) => setTimeout(go, 50))
  }
  assert.fail(`No mail to ${email} with a link to ${path}.`)
}

const readText = async (url: string): Promise<string> => (await fetch(url)).text()

const sendJson = (url: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

function textOf(answer: unknown, name: string): string {
  assert.ok(typeof answer === 'object' && answer !== null)
  const value: unknown = Object.entries(answer).find(([key]) => key === name)?.[1]
  assert.ok(typeof value === 'string', `${name} in ${JSON.stringify(answer)}`)
  return value
}
