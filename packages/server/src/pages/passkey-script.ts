/**
 * Passkeys on the hosted pages: a button, and on the sign-in page the address field. The form stays hidden without the
 * script, or where a browser does not read the options by itself; everything else on the page works then as before.
 */

export const PASSKEY_SCRIPT = '/assets/passkey.js'

/** Runs in the browser. Who asks by a button has its offer in the field taken back: a browser asks for one at a time. */
export const passkeyScript = `
const form = document.querySelector('[data-passkey]')
const kind = window.PublicKeyCredential
const RENEW_MS = 240000
let offered = new AbortController()

const ask = async () => {
  const { options, ticket } = form.dataset
  const body = ticket === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ticket }) }
  const answer = await fetch(options, { method: 'POST', ...body })
  if (!answer.ok) throw new Error(answer.statusText)
  return (await answer.json()).options
}
const send = (credential) => {
  form.elements.namedItem('credential').value = JSON.stringify(credential.toJSON())
  form.submit()
}
const take = async (how) => {
  const options = await ask()
  if (form.dataset.passkey === 'create') {
    return navigator.credentials.create({ publicKey: kind.parseCreationOptionsFromJSON(options) })
  }
  return navigator.credentials.get({ publicKey: kind.parseRequestOptionsFromJSON(options), ...how })
}
const offer = async () => {
  offered.abort()
  offered = new AbortController()
  const { signal } = offered
  try {
    send(await take({ mediation: 'conditional', signal }))
  } catch {
    // Nobody asked for it, or nobody chose one: the page is there as it was.
  }
}
const begin = async () => {
  if (form.dataset.passkey !== 'offer' || !(await kind.isConditionalMediationAvailable?.())) return
  offer()
  setInterval(() => offered.signal.aborted || offer(), RENEW_MS)
}
if (kind?.parseRequestOptionsFromJSON && kind.parseCreationOptionsFromJSON) {
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    offered.abort()
    try {
      send(await take({}))
    } catch (error) {
      // Whoever closes the browser's own window knows why nothing happens; a server that refuses has shown nothing yet.
      const isDeclined = error.name === 'NotAllowedError' || error.name === 'AbortError'
      if (!isDeclined) document.getElementById('login-error').textContent = form.dataset.failed
      begin()
    }
  })
  begin()
}
`
