/**
 * The passwords that leak most often: the list of `@zxcvbn-ts/language-common` (about 49,000, in lower case).
 * It is read when somebody first chooses a password, so that starting and idling do not pay for it.
 */
import { createRequire } from 'node:module'
import type { CommonPasswords } from '@countersign/core'

const LIST_PACKAGE = '@zxcvbn-ts/language-common'
const LIST_NAME = 'passwords-common'
/** A list that shrank to less than this is a broken package, and an empty one would refuse nothing. */
const LIST_LENGTH_MIN = 10_000

/**
 * Leaked often and long enough for our minimum, yet neither in the list nor derived by the rules of
 * `core/src/passwords`.
 */
const longOnes = [
  '277rte87hryloitru',
  '30secondstomars',
  'cfvfzcxfcnkbdfz',
  'changed_due_to_fraud',
  'cheaphornybastard',
  'correct horse battery staple',
  'correcthorsebatterystaple',
  'cristianoronaldo',
  'efwe5tgwa5twhgd',
  'hjpjxrf23062007',
  'manchesterunited',
  'neversaymypassword',
  'perasperaadastra',
  'perfectexploiter',
  'rumpelstiltzkin',
  'stairwaytoheaven',
  'worldofwarcraft',
]

/**
 * `has` expects lower case. Its first call reads the list synchronously, which takes some 40 ms and 20 MiB;
 * it throws where the list is missing or not what it should be, and asks again the next time.
 */
export function createCommonPasswords(read: () => unknown = readList): CommonPasswords {
  let passwords: ReadonlySet<string> | null = null
  return {
    has(normalized: string): boolean {
      passwords ??= new Set([...parseList(read()), ...longOnes])
      return passwords.has(normalized)
    },
  }
}

function readList(): unknown {
  // `require` and not `import`: the port answers at once, and the package ships both forms.
  return createRequire(import.meta.url)(LIST_PACKAGE)
}

function parseList(exported: unknown): readonly string[] {
  const dictionary = memberOf(exported, 'dictionary')
  const list = memberOf(dictionary, LIST_NAME)
  if (
    !Array.isArray(list) ||
    list.length < LIST_LENGTH_MIN ||
    !list.every((one) => typeof one === 'string')
  ) {
    throw new Error(`${LIST_PACKAGE} holds no usable list of common passwords.`)
  }
  return list
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
