/** What the server wrote into the page before anybody signed in. */

export interface Facts {
  readonly name: string
  readonly isSignUpOpen: boolean
  /** Mail can be sent, so a forgotten password can be replaced. */
  readonly canReset: boolean
  readonly passwordLengthMin: number
}

const FALLBACK: Facts = { name: 'Countersign', isSignUpOpen: false, canReset: false, passwordLengthMin: 15 }

export const facts: Facts = read()

function read(): Facts {
  const content = document.querySelector('meta[name="countersign-facts"]')?.getAttribute('content') ?? '{}'
  const value: unknown = JSON.parse(content)
  if (typeof value !== 'object' || value === null) return FALLBACK
  return {
    name: 'name' in value && typeof value.name === 'string' ? value.name : FALLBACK.name,
    isSignUpOpen: 'isSignUpOpen' in value && value.isSignUpOpen === true,
    canReset: 'canReset' in value && value.canReset === true,
    passwordLengthMin:
      'passwordLengthMin' in value && typeof value.passwordLengthMin === 'number'
        ? value.passwordLengthMin
        : FALLBACK.passwordLengthMin,
  }
}
