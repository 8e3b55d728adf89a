/** The pages behind links in mails: good, refused, done, cut off, ended, and without a network. */
import type { House } from './house.ts'
import type { Sequence, State, Visit } from './state.ts'
import { endedLink, follow, type } from './steps.ts'

const ERROR = '#link-error:not(:empty)'
const DONE = '#link-done:not([hidden])'
const WEAK = 'password12345678'

interface LinkKind {
  readonly page: string
  readonly path: string
  readonly heading: State['heading']
  /** The link out of a mail, with what makes it good. */
  readonly mailed: (house: House) => Promise<{ readonly link: string; readonly password: string }>
  /** What is refused in the field; null where there is none. */
  readonly refused: string | null
}

const NEW = 'violet gravel pushed the tram'

const kinds: readonly LinkKind[] = [
  {
    page: 'reset',
    path: '/reset-password',
    heading: { en: 'Set a new password', de: 'Neues Passwort festlegen' },
    refused: WEAK,
    mailed: async (house) => {
      const { id, email } = await house.person()
      await house.world.admin.startPasswordReset(id)
      return { link: await house.linkTo(email, '/reset-password'), password: NEW }
    },
  },
  {
    page: 'confirm-sign-up',
    path: '/confirm-sign-up',
    heading: { en: 'Confirm your address', de: 'Adresse bestätigen' },
    refused: WEAK,
    mailed: async (house) => {
      const email = house.address()
      await fetch(`${house.url}/v1/sign-up`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: NEW }),
      })
      return { link: await house.linkTo(email, '/confirm-sign-up'), password: NEW }
    },
  },
  {
    page: 'invitation',
    path: '/accept-invitation',
    heading: { en: 'Accept your invitation', de: 'Einladung annehmen' },
    refused: WEAK,
    mailed: async (house) => {
      const email = house.address()
      await house.world.admin.invitations.send({ email })
      return { link: await house.linkTo(email, '/accept-invitation'), password: NEW }
    },
  },
  {
    page: 'change-address',
    path: '/confirm-email',
    heading: { en: 'Confirm your new address', de: 'Neue Adresse bestätigen' },
    refused: WEAK,
    mailed: async (house) => {
      const person = await house.person()
      const email = house.address()
      const send = await house.sessionOf(person)
      await send('/v1/me/email', { email })
      return { link: await house.linkTo(email, '/confirm-email'), password: person.password }
    },
  },
  {
    page: 'verify-address',
    path: '/verify-email',
    heading: { en: 'Confirm your address', de: 'Adresse bestätigen' },
    refused: null,
    mailed: async (house) => {
      const { id, email } = await house.person()
      await house.world.admin.accounts.verifyEmail(id)
      return { link: await house.linkTo(email, '/verify-email'), password: '' }
    },
  },
]

async function submit({ page }: Visit, password: string | null): Promise<void> {
  if (password !== null) await type(page, '#link-password', password)
  await page.locator('#link-submit').click()
}

function toSequence({ page: name, path, heading, mailed, refused }: LinkKind): Sequence {
  const state = (suffix: string, sees: string, arrive: State['arrive']): State => ({
    name: `${name}${suffix}`,
    heading,
    sees,
    arrive,
  })
  const good = state('', '#link-submit', async ({ page, house }) => {
    await follow(page, (await mailed(house)).link)
  })
  const done = state('-done', DONE, async (visit) => {
    const { link, password } = await mailed(visit.house)
    await follow(visit.page, link)
    await submit(visit, refused === null ? null : password)
  })
  const wrong = state('-refused', ERROR, async (visit) => {
    await follow(visit.page, (await mailed(visit.house)).link)
    await submit(visit, refused)
  })
  const ended = state('-ended-link', ERROR, async (visit) => {
    await follow(visit.page, endedLink(visit.house.url, path))
    await submit(visit, refused === null ? null : NEW)
  })
  return { page: name, states: [good, done, ...(refused === null ? [] : [wrong]), ended] }
}

const cutOff: State = {
  name: 'reset-cut-off-link',
  heading: { en: 'Set a new password', de: 'Neues Passwort festlegen' },
  sees: ERROR,
  arrive: async ({ page, house }) => {
    await follow(page, `${house.url}/reset-password`)
  },
}

const offline: State = {
  name: 'reset-offline',
  heading: cutOff.heading,
  sees: ERROR,
  arrive: async (visit) => {
    await follow(visit.page, endedLink(visit.house.url, '/reset-password'))
    await visit.page.context().setOffline(true)
    await submit(visit, NEW)
  },
}

export const linkStates: readonly Sequence[] = [
  ...kinds.map(toSequence),
  { page: 'link-trouble', states: [cutOff, offline] },
]
