/** A stage for vectors: a fake authority, the line to it, and the program under test at the other end. */
import type { TestContext } from 'node:test'
import { decide } from './decided.ts'
import { FakeAuthority, type FakeOptions, KEY_OF_VERIFIER } from './fake/authority.ts'
import {
  AUDIENCE,
  goodClaims,
  ISSUER,
  makeToken,
  newOpaque,
  newSigningKey,
  type Opaque,
  type SigningKey,
  type TokenParts,
} from './fake/credentials.ts'
import { type Line, openLine } from './line.ts'
import { type Answer, type CheckOptions, type Command, type Program, startProgram } from './program.ts'
import { until } from './until.ts'

export interface Stage {
  readonly authority: FakeAuthority
  readonly line: Line
  readonly key: SigningKey
  /** The status of one check, whatever it is. */
  status(options: CheckOptions): Promise<number>
  /** The status of a check that a verifier with a lease can decide: 503 only where it has no excuse for it. */
  decided(options: CheckOptions): Promise<number>
  /** The same check, and all of its answer. */
  answer(options: CheckOptions): Promise<Answer>
  readonly program: Program
  /** A token as the authority would sign it now, with these changes. */
  token(claims?: Readonly<Record<string, unknown>>, parts?: Partial<TokenParts>): string
  /** A credential that the authority knows and finds good. */
  opaque(kind: Opaque['kind'], more?: object): Opaque
  /** How often the authority was asked about a credential. */
  asked(): number
}

export interface StageOptions extends FakeOptions {
  /** Before the program is started. */
  readonly before?: (authority: FakeAuthority) => void
  /** Does not wait until the program has a lease. */
  readonly cold?: boolean
}

export interface OpenStage extends Stage {
  close(): Promise<void>
}

/** A stage for one test. */
export async function givenStage(t: TestContext, command: Command, options?: StageOptions): Promise<Stage> {
  const stage = await openStage(command, options)
  t.after(() => stage.close())
  return stage
}

/** A stage that several tests share; whoever opens it closes it. */
export async function openStage(command: Command, options: StageOptions = {}): Promise<OpenStage> {
  const authority = new FakeAuthority(options)
  const key = newSigningKey('ES256')
  authority.keys = [key.jwk]
  options.before?.(authority)
  await authority.listen()
  const line = await openLine(authority.url)
  const environment = { ISSUER, AUTHORITY_URL: line.url, AUDIENCE, KEY: KEY_OF_VERIFIER }
  const closeHouse = async (): Promise<void> => {
    await line.close()
    await authority.close()
  }
  try {
    const program = await startProgram(command, environment)
    const stage = new FakeStage(authority, line, key, program, closeHouse)
    return options.cold === true ? stage : await warmUp(stage)
  } catch (error) {
    await closeHouse()
    throw error
  }
}

async function warmUp(stage: OpenStage): Promise<OpenStage> {
  const token = stage.token()
  try {
    await until('a good token is accepted', async () => (await stage.status({ bearer: token })) === 200)
    return stage
  } catch (error) {
    await stage.program.stop()
    throw error
  }
}

class FakeStage implements OpenStage {
  readonly authority: FakeAuthority
  readonly line: Line
  readonly key: SigningKey
  readonly program: Program
  readonly #closeHouse: () => Promise<void>

  constructor(
    authority: FakeAuthority,
    line: Line,
    key: SigningKey,
    program: Program,
    closeHouse: () => Promise<void>,
  ) {
    this.authority = authority
    this.line = line
    this.key = key
    this.program = program
    this.#closeHouse = closeHouse
  }

  async status(options: CheckOptions): Promise<number> {
    return (await this.program.check(options)).status
  }

  async decided(options: CheckOptions): Promise<number> {
    return (await this.answer(options)).status
  }

  answer(options: CheckOptions): Promise<Answer> {
    return decide(this.program, options, this.authority.leaseMs)
  }

  token(claims: Readonly<Record<string, unknown>> = {}, parts: Partial<TokenParts> = {}): string {
    const { epoch, position } = this.authority.log
    return makeToken({ key: this.key, claims: goodClaims(epoch, position, claims), ...parts })
  }

  opaque(kind: Opaque['kind'], more: object = {}): Opaque {
    const made = newOpaque(kind, this.authority.log.position, more)
    this.authority.verdicts.set(made.credential, made.verdict)
    return made
  }

  asked(): number {
    return this.line.passed('/v1/verify').length
  }

  async close(): Promise<void> {
    await this.program.stop()
    await this.#closeHouse()
  }
}
