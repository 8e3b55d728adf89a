/** A virtual authenticator in the browser (WebAuthn Level 3 §11, over the DevTools protocol). */
import type { CDPSession, Page } from 'playwright-core'

export interface Device {
  readonly protocol: CDPSession
  readonly id: string
}

export async function giveDevice(page: Page): Promise<Device> {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId: id } = await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { protocol, id }
}
