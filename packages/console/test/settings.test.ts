/** The settings in the console: found, told where they come from, without secrets; the brand in both schemes; a test mail. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { germanMeanings } from '../src/settings/german.ts'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { newPerson, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

const PASSWORD = 'nobody-may-read-this'

test('the settings', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_BRAND_NAME: 'Riverside Sports',
    COUNTERSIGN_BRAND_COLOR: '#c2410c',
    COUNTERSIGN_SMTP_URL: `smtp://mailer:${PASSWORD}@127.0.0.1:9`,
    COUNTERSIGN_MAIL_FROM: 'auth@example.com',
    COUNTERSIGN_EMAIL_VERIFICATION: 'off',
  })

  await stage.play('are found, with their origins, and no secret is among them', {}, async (page, world) => {
    await signIn(page, world, '/console/settings')
    await page.getByRole('heading', { name: 'All settings' }).waitFor()
    await page.getByText('weakens protection').waitFor()
    await shootEveryWay(page, 'settings')
    assert.ok(!(await page.content()).includes(PASSWORD))
    await page.getByText('Set here').click()
    await page.waitForURL(/set=here/)
    await page.getByText('COUNTERSIGN_LEASE_SECONDS').waitFor({ state: 'detached' })
    await page.getByRole('searchbox', { name: 'Search' }).fill('smtp')
    await page.getByText('set, not shown').waitFor()
    await page.getByText('COUNTERSIGN_BRAND_COLOR').waitFor({ state: 'detached' })
    await assertAccessible(page)
    await shoot(page, 'settings-found')

    await page.reload()

    await page.getByText('set, not shown').waitFor()
    assert.equal(await page.getByText('COUNTERSIGN_BRAND_COLOR').count(), 0)
    await page.getByRole('searchbox', { name: 'Search' }).fill('nothing like it')
    await page.getByText('No setting found').waitFor()
  })

  await stage.play('a test mail says what stands in the way, also in German', {}, async (page, world) => {
    await signIn(page, world, '/console/settings')
    await page.getByRole('button', { name: 'Send me a test mail' }).click()
    await page.getByText('The mail server cannot be reached.').waitFor()
    await assertAccessible(page)
    await shoot(page, 'settings-mail')

    await speakGerman(page)

    await page.getByRole('button', { name: 'Mir eine Testmail senden' }).waitFor()
    await page.getByText('Wo der Server lauscht.').waitFor()
    const { items } = await world.admin.settings.list()
    const missing = items.map(({ key }) => key).filter((key) => germanMeanings[key] === undefined)
    assert.deepEqual(missing, [])
    assert.deepEqual(
      Object.keys(germanMeanings).filter((key) => !items.some((one) => one.key === key)),
      [],
    )
    await assertAccessible(page)
    await shoot(page, 'settings-de')
  })

  await stage.play('whoever may not read them has no way to them', {}, async (page, world) => {
    await world.admin.roles.create({ id: 'reader', permissions: ['audit:read'] })
    await signIn(page, world, '/console/settings', await newPerson(world, 'Xaver Reader', ['reader']))

    await page.waitForURL(`${world.url}/console`)
    assert.equal(await page.getByRole('link', { name: 'Settings' }).count(), 0)
  })
})
