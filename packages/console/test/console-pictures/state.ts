/** What a picture is: where somebody stands, what they have done there, and the heading by which it is known. */
import type { Locator, Page } from 'playwright-core'
import type { Scene } from './scene.ts'

/** The administrator, a coach with a month behind her, somebody who has just arrived, somebody who reads the log alone. */
export type Visitor = 'ada' | 'grace' | 'ines' | 'hedy'

export interface State {
  /** Of the picture: the section first, so that its pictures lie together. */
  readonly name: string
  readonly who?: Visitor
  readonly path: string | ((scene: Scene) => string)
  /** The main one, as a screen reader has it; of the dialogue, where one is open. */
  readonly heading: string | RegExp
  /** Before the page is opened: answers that fail, or do not come. */
  readonly meanwhile?: (page: Page, scene: Scene) => Promise<void>
  /** On the page, until the state is there. */
  readonly act?: (page: Page, scene: Scene) => Promise<void>
  readonly language?: 'de'
  /** Of somebody whom a state before has given a second factor: the session of then, as the password alone opens none. */
  readonly goesOn?: true
  /** What is there on a phone alone, or on a desk. */
  readonly width?: 360 | 1440
  /** The browser itself complains: of a server that is down, for one. */
  readonly isLoud?: true
  /** Also looked at by every test run, on a phone; the others only when pictures are taken. */
  readonly always?: true
}

export const dialog = (page: Page): Locator => page.getByRole('dialog')
export const press = (within: Page | Locator, name: string | RegExp): Promise<void> =>
  within
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click()
export const see = (within: Page | Locator, text: string | RegExp): Promise<void> =>
  within.getByText(text).first().waitFor()

type Meanwhile = (page: Page) => Promise<void>

/** What the authority would say at a moment that no test can wait for. */
export const answer =
  (pattern: string, body: object, status = 200, contentType = 'application/json'): Meanwhile =>
  async (page) => {
    await page.route(pattern, (route) => route.fulfill({ status, contentType, body: JSON.stringify(body) }))
  }

/** Refused as the authority refuses: RFC 9457, with the decision's id. */
export const refuse = (pattern: string, status: number, code: string): Meanwhile => {
  const type = `https://errors.example/${code}`
  const body = { type, title: code, status, code, decision_id: 'dec_01m738as40m92r0xmszamvzywc' }
  return answer(pattern, body, status, 'application/problem+json')
}

/** Asked for, and never answered. */
export const keepWaiting =
  (pattern: string): Meanwhile =>
  async (page) => {
    await page.route(pattern, () => undefined)
  }
