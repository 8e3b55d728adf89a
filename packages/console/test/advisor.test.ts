/** The advisor in the console: one screen that answers at once, in both languages, with the answers in its address. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  advise,
  cautions,
  methodRules,
  methods,
  questions,
  settingRules,
  simpler,
} from '@countersign/client/advisor'
import { requireProgram } from '@countersign/tools/programs'
import { answersOf } from '../src/advisor/address.ts'
import { german } from '../src/advisor/german.ts'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

test('every sentence of the advisor has a German one', () => {
  const needed = [
    ...questions.flatMap(({ id, choices }) => [
      `${id}.text`,
      `${id}.why`,
      ...choices.flatMap((choice) => [`${id}.${choice.id}`, `${id}.${choice.id}.means`]),
    ]),
    ...Object.keys(methods).flatMap((method) => [`${method}.name`, `${method}.how`, `${method}.cost`]),
    ...methodRules.flatMap(({ id, instead }) => [`${id}.reason`, instead]),
    ...[...cautions, ...simpler].map(({ id }) => id),
    ...settingRules.map(({ reason }) => reason),
    ...everyAdvice().flatMap(({ snippets }) => snippets.map(({ title }) => title)),
  ]

  assert.deepEqual(
    needed.filter((key) => german[key] === undefined),
    [],
  )
})

/** Each choice once, with all callers, so that every snippet comes up. */
function everyAdvice(): readonly ReturnType<typeof advise>[] {
  const callers = questions[0]?.choices.map(({ id }) => id).join(',') ?? ''
  return questions.flatMap(({ id, choices }) =>
    choices.map((choice) => advise(answersOf(new URLSearchParams({ callers, [id]: choice.id })))),
  )
}

test('an address answers what it can: nonsense is the first choice, and nobody is assumed to call', () => {
  assert.deepEqual(answersOf(new URLSearchParams('pages=one_site')).callers, undefined)
  assert.deepEqual(answersOf(new URLSearchParams('callers=nobody')).callers, undefined)
  const answers = answersOf(new URLSearchParams('callers=service,nobody,browser&apis=<b>&load=nodes,one'))

  assert.deepEqual(answers.callers, ['browser', 'service'])
  assert.deepEqual(answers.apis, ['one'])
  assert.deepEqual(answers.load, ['one'])
})

test('the advisor', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program)

  await stage.play(
    'says honestly where less would do, and answers each change at once',
    {},
    async (page, world) => {
      await signIn(page, world, '/console/advisor')
      await page.getByText('Say who calls your API').waitFor()
      await assertAccessible(page)
      await shoot(page, 'advisor-empty')
      await page.getByRole('checkbox', { name: /People in browsers/ }).check({ force: true })
      await page.getByText('You may not need Countersign for this').waitFor()
      await assertAccessible(page)
      await shoot(page, 'advisor-simpler')

      await page.getByRole('radio', { name: /Two factors for everybody/ }).check({ force: true })
      await page.getByText('You may not need Countersign for this').waitFor({ state: 'detached' })
      await page
        .getByRole('figure', { name: 'countersign.config.json' })
        .getByText('"mfa": "required"')
        .waitFor()
      await page.getByRole('checkbox', { name: /Programs of customers/ }).check({ force: true })
      await page.getByRole('radio', { name: /Any JWT library/ }).check({ force: true })
      await page.getByText('These wishes pull apart').first().waitFor()
      await shootEveryWay(page, 'advisor')

      const address = new URL(page.url())
      assert.equal(address.searchParams.get('callers'), 'browser,partner')
      await page.reload()
      await page.getByText('These wishes pull apart').first().waitFor()
      await page.getByRole('button', { name: 'Copy: countersign.config.json' }).click()
      const copied = await page.evaluate<string>('navigator.clipboard.readText()')
      assert.equal(JSON.parse(copied).mfa, 'required')
      await speakGerman(page)
      await page.getByText('Diese Wünsche widersprechen sich').first().waitFor()
      await assertAccessible(page)
      await shoot(page, 'advisor-de')
    },
  )
})
