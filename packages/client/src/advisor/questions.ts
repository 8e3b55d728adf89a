/** What the advisor asks, as data: a question is asked where the answers to earlier ones make it matter. */

/** By question, the ids of its choices: the words that answers are written in. */
export interface Choices {
  readonly callers: 'browser' | 'app' | 'service' | 'partner' | 'site'
  readonly pages: 'same_host' | 'one_site' | 'other_sites'
  readonly apis: 'one' | 'several'
  readonly checker: 'verifier' | 'library'
  readonly revocation: 'at_once' | 'minutes'
  readonly outage: 'refuse' | 'go_on'
  readonly programs: 'key' | 'exchange' | 'oauth'
  readonly assurance: 'password' | 'administrators' | 'everybody' | 'regulated'
  readonly joining: 'open' | 'closed'
  readonly load: 'one' | 'nodes'
}

export type QuestionId = keyof Choices
export type ChoiceId<Id extends QuestionId = QuestionId> = Choices[Id]

export interface Choice<Id extends string = ChoiceId> {
  readonly id: Id
  /** What a person picks. */
  readonly label: string
  /** One sentence that tells it apart from the other choices. */
  readonly means: string
}

interface Asked<Id extends QuestionId> {
  readonly id: Id
  readonly text: string
  /** Why it is asked. */
  readonly why: string
  readonly many: boolean
  readonly choices: readonly Choice<Choices[Id]>[]
}

export type Question = { readonly [Id in QuestionId]: Asked<Id> }[QuestionId]

/** By question: one of these choices was picked. All questions that are named must hold; none named always holds. */
export type Condition = { readonly [Id in QuestionId]?: readonly Choices[Id][] }

export const questions: readonly Question[] = [
  {
    id: 'callers',
    text: 'Who calls your API?',
    why: 'Each kind of caller is given a method of its own; they do not exclude one another.',
    many: true,
    choices: [
      {
        id: 'browser',
        label: 'People in browsers',
        means: 'Your own pages call it for whoever is signed in.',
      },
      { id: 'app', label: 'Mobile or desktop apps', means: 'Your own apps, installed on people’s devices.' },
      { id: 'service', label: 'Our own programs', means: 'Services, jobs and machines that you run.' },
      {
        id: 'partner',
        label: 'Programs of customers',
        means: 'Others write them, and run them somewhere else.',
      },
      {
        id: 'site',
        label: 'Other websites',
        means: 'Sites that let your people in with their account here.',
      },
    ],
  },
  {
    id: 'pages',
    text: 'Where are your pages?',
    why: 'A cookie reaches hosts of one site, and nobody else’s.',
    many: false,
    choices: [
      {
        id: 'same_host',
        label: 'On the host of the authority',
        means: 'One origin serves pages, API and sign-in.',
      },
      {
        id: 'one_site',
        label: 'On hosts of one domain',
        means: 'Such as app.example.com and api.example.com.',
      },
      { id: 'other_sites', label: 'On domains of their own', means: 'Such as gym.example and pool.example.' },
    ],
  },
  {
    id: 'apis',
    text: 'How many APIs check what is issued?',
    why: 'What is good at one API should not be good at another.',
    many: false,
    choices: [
      { id: 'one', label: 'One', means: 'One program, in one or many copies.' },
      { id: 'several', label: 'Several', means: 'Each has a name of its own, its audience.' },
    ],
  },
  {
    id: 'checker',
    text: 'What checks credentials in your APIs?',
    why: 'Only what follows the feed of revocations learns of them before a token expires.',
    many: false,
    choices: [
      {
        id: 'verifier',
        label: 'A Countersign verifier',
        means: 'The library for JavaScript, or one written from the protocol, as in Python and Go.',
      },
      { id: 'library', label: 'Any JWT library', means: 'Or a gateway that knows JWKS and nothing else.' },
    ],
  },
  {
    id: 'revocation',
    text: 'How soon must something that was revoked stop working?',
    why: 'It decides how long an access token may live where nobody hears of revocations.',
    many: false,
    choices: [
      { id: 'at_once', label: 'At once', means: 'In well under a second, everywhere.' },
      { id: 'minutes', label: 'Within minutes', means: 'When the access token expires.' },
    ],
  },
  {
    id: 'outage',
    text: 'What should an API do while it cannot reach the authority?',
    why: 'Nobody can both know of every revocation and go on without hearing of them.',
    many: false,
    choices: [
      { id: 'refuse', label: 'Refuse', means: 'After the lease (5 s) it answers 503 until it knows again.' },
      {
        id: 'go_on',
        label: 'Go on where it does little harm',
        means: 'Some routes take a good signature for enough.',
      },
    ],
  },
  {
    id: 'programs',
    text: 'How do programs call?',
    why: 'A key in each request is simplest; a short token limits what one request can give away.',
    many: false,
    choices: [
      { id: 'key', label: 'With a key in a header', means: 'One API, and callers you can trust to keep it.' },
      {
        id: 'exchange',
        label: 'Often, or several APIs',
        means: 'They trade the key for a token of minutes.',
      },
      {
        id: 'oauth',
        label: 'With OAuth 2 libraries',
        means: 'They know client credentials, and little else.',
      },
    ],
  },
  {
    id: 'assurance',
    text: 'How sure must a sign-in be?',
    why: 'A password alone is what gets stolen.',
    many: false,
    choices: [
      { id: 'password', label: 'A password will do', means: 'Whoever wants to adds a second factor.' },
      { id: 'administrators', label: 'Two factors for administrators', means: 'Everybody else may.' },
      { id: 'everybody', label: 'Two factors for everybody', means: 'Nobody gets in without.' },
      {
        id: 'regulated',
        label: 'As an auditor demands',
        means: 'NIST 800-63B AAL2: two factors, once a day.',
      },
    ],
  },
  {
    id: 'joining',
    text: 'How do people get an account?',
    why: 'An open door needs limits, and mail that verifies addresses.',
    many: false,
    choices: [
      { id: 'open', label: 'They sign up', means: 'Anybody can.' },
      {
        id: 'closed',
        label: 'Somebody makes it for them',
        means: 'An administrator, or a program of yours.',
      },
    ],
  },
  {
    id: 'load',
    text: 'Does one machine suffice for the authority?',
    why: 'APIs check by themselves: the authority is only asked when something is new.',
    many: false,
    choices: [
      { id: 'one', label: 'Yes', means: 'The embedded database, nothing else to run.' },
      { id: 'nodes', label: 'No, or one must not fail', means: 'Several nodes that share one Postgres.' },
    ],
  },
]

const people = ['browser', 'app', 'site'] as const

/** When a question matters; the others are always asked. */
export const askedWhen: { readonly [Id in QuestionId]?: Condition } = {
  pages: { callers: ['browser'] },
  programs: { callers: ['service', 'partner'] },
  assurance: { callers: people },
  joining: { callers: people },
}
