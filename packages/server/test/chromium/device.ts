/** A real Chromium with a virtual authenticator (WebAuthn Level 3 §11, over the DevTools protocol) and pages to use it in. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { PasskeyAssertion, PasskeyRegistration } from '@countersign/protocol'
import { CHROMIUM_FLAGS } from '@countersign/tools/chromium'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { toNodeHandler } from '../../src/node-handler.ts'
import { type Given, openAuthority, UNLIMITED } from '../given.ts'

export interface Stage {
  readonly to: Given
  readonly browser: Browser
  /** The authority's own origin, at `localhost`. */
  readonly origin: string
  /** Pages of somebody else: another port of this machine, which is another origin of the same domain. */
  readonly elsewhere: string
}

/** Everything is ended with the test that it is opened for. */
export async function openStage(
  t: TestContext,
  program: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  let handle: Parameters<typeof createServer>[1] = (_, response) => response.end()
  const own = await listen(t, (request, response) => handle?.(request, response))
  const other = await listen(t, (_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>')
  })
  const origin = `http://localhost:${own}`
  const { given: to, close } = await openAuthority({ ...UNLIMITED, ...settings, COUNTERSIGN_ISSUER: origin })
  t.after(close)
  handle = toNodeHandler(to.authority)
  const browser = await chromium.launch({ executablePath: program, args: CHROMIUM_FLAGS })
  t.after(() => browser.close())
  return { to, browser, origin, elsewhere: `http://localhost:${other}` }
}

async function listen(t: TestContext, handle: Parameters<typeof createServer>[1]): Promise<number> {
  const server: Server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** What the device is like; unless said otherwise a phone that asks for a finger and keeps its keys. */
export interface DeviceOptions {
  readonly transport?: 'internal' | 'usb'
  readonly isUserVerified?: boolean
  readonly isSynced?: boolean
}

export interface Device {
  readonly page: Page
  readonly id: string
  readonly protocol: CDPSession
  create(options: object): Promise<PasskeyRegistration>
  get(options: object, how?: { readonly mediation?: 'conditional' }): Promise<PasskeyAssertion>
}

/** A window at `url` of a person who has this one device. */
export async function openDevice(
  t: TestContext,
  browser: Browser,
  url: string,
  { transport = 'internal', isUserVerified = true, isSynced = false }: DeviceOptions = {},
): Promise<Device> {
  const context = await browser.newContext()
  t.after(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(url)
  const protocol = await context.newCDPSession(page)
  await protocol.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId: id } = await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: isSynced,
      defaultBackupState: isSynced,
    },
  })
  return {
    page,
    id,
    protocol,
    create: (options) => ask(page, 'create', 'parseCreationOptionsFromJSON', options, {}),
    get: (options, how = {}) => ask(page, 'get', 'parseRequestOptionsFromJSON', options, how),
  }
}

/** Runs in the page, with the browser's own reading and writing of JSON. Rejects with the name of the DOMException. */
async function ask<T>(page: Page, verb: string, parse: string, options: object, how: object): Promise<T> {
  const call = `navigator.credentials.${verb}({
    publicKey: PublicKeyCredential.${parse}(${JSON.stringify(options)}), ...${JSON.stringify(how)} })`
  const answer: { value?: T; refused?: string } = await page.evaluate(
    `${call}.then((value) => ({ value: value.toJSON() }), (error) => ({ refused: error.name }))`,
  )
  if (answer.value === undefined) throw new Error(answer.refused)
  return answer.value
}
