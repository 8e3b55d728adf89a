/** The first steps: a key is made, its first request is noticed, and each step says when it is done. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { firstRequest, snippetLanguages } from '../src/start/snippets.ts'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { enrol, newPerson, signedInElsewhere, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

test('each way to send the first request names the server and the key, and nothing else secret', () => {
  for (const language of snippetLanguages) {
    const text = firstRequest(language, 'https://auth.example.com', 'cs_key')

    assert.ok(text.includes('https://auth.example.com/v1/me') && text.includes('cs_key'), language)
  }
})

test('the first steps', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })

  await stage.play('wait for the first request, and notice it', {}, async (page, world) => {
    const person = await newPerson(world, 'Olga Starter', ['administrator'])
    await signIn(page, world, '/console/start', person)
    await page.getByRole('heading', { name: 'Secure your own account to do' }).waitFor()
    await assertAccessible(page)
    await shoot(page, 'start-empty')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('Waiting for your first request…').waitFor()
    await shootEveryWay(page, 'start')
    const shown = await page.getByRole('figure', { name: 'curl' }).getByRole('code').textContent()
    const [, key = '', url = ''] = /X-API-Key: (\S+)' (\S+)$/.exec(shown ?? '') ?? []

    const answer = await fetch(url, { headers: { 'x-api-key': key } })

    assert.equal(answer.status, 200)
    await page.getByText('Got it: the key was used.').waitFor()
    await assertAccessible(page)
    await shoot(page, 'start-done')
    await enrol(await signedInElsewhere(world, person))
    await speakGerman(page)
    await page.getByText('Ein Passwort allein öffnet Ihr Konto nicht.').waitFor()
    assert.ok(!(await page.content()).includes(key))
    await shoot(page, 'start-de')
  })
})
