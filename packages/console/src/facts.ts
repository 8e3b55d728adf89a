/** What the server wrote into the page before anybody signed in. */

export interface Facts {
  readonly name: string
  readonly passwordLengthMin: number
}

const FALLBACK: Facts = { name: 'Countersign', passwordLengthMin: 15 }

export const facts: Facts = read()

function read(): Facts {
  const content = document.querySelector('meta[name="countersign-facts"]')?.getAttribute('content') ?? '{}'
  const value: unknown = JSON.parse(content)
  if (typeof value !== 'object' || value === null) return FALLBACK
  return {
    name: 'name' in value && typeof value.name === 'string' ? value.name : FALLBACK.name,
    passwordLengthMin:
      'passwordLengthMin' in value && typeof value.passwordLengthMin === 'number'
        ? value.passwordLengthMin
        : FALLBACK.passwordLengthMin,
  }
}
