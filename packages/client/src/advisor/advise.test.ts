import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advise } from './advise.ts'
import { type Answers, isAsked, nextQuestion, parseAnswers } from './answers.ts'
import { methodRules } from './methods.ts'
import { type ChoiceId, type Question, questions } from './questions.ts'
import { cautions, simpler } from './remarks.ts'
import { settingRules } from './settings.ts'

/** What may be answered to one question: each choice, or each set of choices. */
function picksOf({ many, choices }: Question): readonly (readonly ChoiceId[])[] {
  const ids: readonly ChoiceId[] = choices.map(({ id }) => id)
  if (!many) return ids.map((id) => [id])
  const sets = Array.from({ length: 2 ** ids.length }, (_, bits) => ids.filter((_id, at) => bits & (1 << at)))
  return sets.filter((set) => set.length > 0)
}

/** Every way through the questions, each to its end. */
function* allPaths(answers: Answers = {}): Generator<Answers> {
  const question = nextQuestion(answers)
  if (question === null) {
    yield answers
    return
  }
  for (const pick of picksOf(question)) yield* allPaths({ ...answers, [question.id]: pick })
}

const plain: Answers = {
  callers: ['browser'],
  pages: ['same_host'],
  apis: ['one'],
  checker: ['verifier'],
  revocation: ['at_once'],
  outage: ['refuse'],
  assurance: ['everybody'],
  joining: ['open'],
  load: ['one'],
}
const programs: Answers = { ...plain, callers: ['service'], programs: ['key'] }

const methodFor = (answers: Answers): string | undefined => advise(answers).callers[0]?.method

test('answers that are none are refused in words that name the choices', () => {
  const { load: _, ...unfinished } = plain
  const wrong: [unknown, RegExp][] = [
    [null, /are an object/],
    ['browser', /are an object/],
    [['browser'], /are an object/],
    [{ ...plain, callers: [] }, /^callers is answered wrongly\. It takes one or more of: browser, app/],
    [{ ...plain, callers: ['browser', 'browser'] }, /^callers is answered wrongly/],
    [{ ...plain, callers: ['martian'] }, /^callers is answered wrongly/],
    [{ ...plain, callers: 7 }, /^callers is answered wrongly/],
    [{ ...plain, load: ['one', 'nodes'] }, /^load is answered wrongly\. It takes one of: one, nodes\.$/],
    [{ ...plain, load: null }, /^load is answered wrongly/],
    [{ ...plain, weather: 'fine' }, /questions that nobody asks\. The questions are: callers, pages/],
    [{ ...plain, __proto__: null, toString: 'one' }, /questions that nobody asks/],
    [unfinished, /^load is not answered\. It takes one of: one, nodes\.$/],
    [{}, /^callers is not answered/],
  ]
  for (const [value, sentence] of wrong) {
    const parsed = parseAnswers(value)

    assert.equal(parsed.ok, false)
    assert.match(parsed.ok ? '' : parsed.mistakes.join('\n'), sentence)
    assert.doesNotMatch(parsed.ok ? '' : parsed.mistakes.join(), /martian|weather|fine/)
  }
})

test('one choice may stand without its brackets', () => {
  const parsed = parseAnswers({ ...plain, pages: 'same_host' })

  assert.deepEqual(parsed, { ok: true, answers: plain })
})

test('an answer to a question that does not matter decides nothing', () => {
  const parsed = parseAnswers({ ...plain, programs: 'oauth' })

  assert.deepEqual(parsed, { ok: true, answers: plain })
})

test('on every path each caller is given one method, and each rule decides somewhere and not everywhere', () => {
  const rules = [...methodRules, ...cautions, ...simpler, ...settingRules].map(({ id }) => id)
  const seen = new Map<string, number>(rules.map((id) => [id, 0]))
  let paths = 0
  for (const answers of allPaths()) {
    paths += 1
    const advice = advise(answers)

    assert.deepEqual(
      advice.callers.map(({ caller }) => caller),
      answers.callers,
    )
    const keys = advice.settings.map(({ key }) => key)
    assert.equal(new Set(keys).size, keys.length, 'two rules set the same thing')
    for (const part of [advice.callers, advice.cautions, advice.simpler, advice.settings]) {
      for (const { rule } of part) seen.set(rule, (seen.get(rule) ?? 0) + 1)
    }
  }

  assert.ok(paths > 10_000, String(paths))
  assert.equal(new Set(rules).size, rules.length)
  assert.equal(seen.size, rules.length, 'a rule decided that is in no table')
  for (const [rule, times] of seen) assert.ok(times > 0, `${rule} never decides`)
  const always = [...seen].filter(([, times]) => times >= paths).map(([rule]) => rule)
  assert.deepEqual(always, ['setting.issuer'])
})

test('every path has code for its callers and a way to check', () => {
  for (const answers of allPaths()) {
    const ids = advise(answers).snippets.map(({ id }) => id)

    assert.equal(ids.filter((id) => /guard|library/.test(id)).length, 1)
    assert.equal(new Set(ids).size, ids.length)
  }
})

test('what is asked follows from what was answered', () => {
  assert.equal(nextQuestion({})?.id, 'callers')
  assert.equal(isAsked('pages', { callers: ['app'] }), false)
  assert.equal(isAsked('programs', { callers: ['app', 'partner'] }), true)
  assert.equal(nextQuestion(plain), null)
  assert.ok(questions.length >= 8 && questions.length <= 10)
})

test('a browser gets a session, unless its cookie or its API stands in the way', () => {
  assert.equal(methodFor(plain), 'session')
  assert.equal(methodFor({ ...plain, pages: ['one_site'] }), 'session')
  assert.equal(methodFor({ ...plain, checker: ['library'] }), 'session_jwt')
  assert.equal(methodFor({ ...plain, outage: ['go_on'] }), 'session_jwt')
  assert.equal(methodFor({ ...plain, pages: ['other_sites'], checker: ['library'] }), 'jwt_refresh')
})

test('a program gets a key, and a token for it where the key should not travel or cannot be checked', () => {
  assert.equal(methodFor(programs), 'api_key')
  assert.equal(methodFor({ ...programs, programs: ['exchange'] }), 'api_key_jwt')
  assert.equal(methodFor({ ...programs, checker: ['library'] }), 'api_key_jwt')
  assert.equal(methodFor({ ...programs, outage: ['go_on'] }), 'api_key_jwt')
  assert.equal(methodFor({ ...programs, programs: ['oauth'] }), 'jwt')
  assert.equal(methodFor({ ...programs, callers: ['partner'] }), 'api_key')
})

test('apps and other sites get a JWT with a refresh token, whatever else is said', () => {
  for (const answers of allPaths({ callers: ['app', 'site'] })) {
    const given = advise(answers).callers.map(({ method }) => method)

    assert.deepEqual(given, ['jwt_refresh', 'jwt_refresh'])
  }
})

test('it says when less would do, and only where nobody else calls', () => {
  const small: Answers = { ...plain, assurance: ['password'] }
  const ofOne = advise(small).simpler.map(({ rule }) => rule)
  const ofTwo = advise({ ...small, callers: ['browser', 'service'], programs: ['key'] }).simpler

  assert.deepEqual(ofOne, ['simpler.framework'])
  assert.deepEqual(ofTwo, [])
})

test('wishes that pull apart are named', () => {
  const rulesOf = (answers: Answers): string[] => advise(answers).cautions.map(({ rule }) => rule)

  assert.deepEqual(rulesOf(plain), [])
  assert.deepEqual(rulesOf({ ...plain, outage: ['go_on'] }), ['caution.outage_at_once'])
  assert.ok(rulesOf({ ...plain, checker: ['library'] }).includes('caution.library_at_once'))
})

test('what holds a secret is kept out of the file', () => {
  const { configuration, environment } = advise({ ...plain, load: ['nodes'] })

  assert.deepEqual(Object.keys(JSON.parse(configuration)), ['issuer', 'audiences', 'mfa', 'trustedProxies'])
  assert.match(environment, /^COUNTERSIGN_DATABASE_FILE=\S+\nCOUNTERSIGN_SECRETS_FILE=\S+$/)
})

test('where only programs call, nobody can sign up', () => {
  const { settings } = advise(programs)
  const ofPeople = advise(plain)

  assert.equal(settings.find(({ key }) => key === 'signUp')?.value, 'closed')
  assert.equal(
    ofPeople.settings.some(({ key }) => key === 'signUp'),
    false,
  )
})
