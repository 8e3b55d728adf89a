/** Accounts elsewhere on the pages: connected, signed in with and disconnected, by their owner and by an administrator. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, shoot, shootEveryWay } from './browser.ts'
import { focused, waitForFocusInDialogue } from './keyboard-walk.ts'
import { newPerson, signIn, speakGerman } from './people.ts'
import { comeByProvider, memberOf, openProvider, settingsFor } from './provider.ts'
import { openStage } from './stage.ts'

const dialog = (page: Page) => page.getByRole('dialog')
const EMPTY = 'No account connected yet'

test('accounts elsewhere', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const provider = await openProvider(t)
  const stage = await openStage(t, program, settingsFor(provider))

  await stage.play('one is connected, signs in, and is disconnected', {}, async (page, world) => {
    provider.person = memberOf('anna')
    const person = await newPerson(world, 'Anna Bothways')
    await signIn(page, world, '/account/security', person)
    await page.getByText(EMPTY).waitFor()
    await shootEveryWay(page, 'identities-empty')
    const asked = Promise.withResolvers<void>()
    await page.route('**/v1/me/identities', async (route) => {
      await asked.promise
      await route.continue()
    })
    await page.getByRole('button', { name: 'Connect The club' }).click()
    await page.getByRole('button', { name: 'Connect The club', disabled: true }).waitFor()
    asked.resolve()

    await page.getByText('The club is connected.').waitFor()
    await page.waitForURL(`${world.url}/account/security`)
    const disconnect = page.getByRole('button', { name: 'Disconnect: The club (anna@club.example)' })
    await disconnect.waitFor()
    assert.equal(await page.getByText('Last used never').count(), 1)
    await shootEveryWay(page, 'identities')
    await page.reload()
    await disconnect.waitFor()
    assert.equal(await page.getByText('The club is connected.').count(), 0)

    await page.getByRole('button', { name: /^Menu of/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You have signed out.').waitFor()
    await page.getByRole('link', { name: 'Continue with The club' }).click()
    await page.getByRole('heading', { name: person.name }).waitFor()
    await page.getByRole('link', { name: 'Sessions' }).click()
    await page.getByText('(another service)').waitFor()
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByText('Last used now').waitFor()

    await disconnect.click()
    await page.getByRole('heading', { name: 'Disconnect The club (anna@club.example)?' }).waitFor()
    await waitForFocusInDialogue(page, 'The dialogue before it is disconnected')
    assert.equal(await focused(page), 'button Cancel')
    await assertAccessible(page)
    await shoot(page, 'identities-disconnect')
    await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()

    await page.getByText('The club is disconnected.').waitFor()
    await page.getByText(EMPTY).waitFor()
    assert.equal(await disconnect.count(), 0)
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByText('Account elsewhere connected').waitFor()
    await page.getByText('Account elsewhere disconnected').waitFor()
  })

  await stage.play(
    'who says no over there is told so, and a reload does not repeat it',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Nils Nay')
      await signIn(page, world, '/account/security', person)
      provider.lies.answer = (fields) => {
        fields.delete('code')
        fields.set('error', 'access_denied')
      }
      await page.getByRole('button', { name: 'Connect The club' }).click()

      const said = page.getByRole('alert').getByText('The other service was not allowed to tell who you are.')
      await said.waitFor()
      delete provider.lies.answer
      await page.waitForURL(`${world.url}/account/security`)
      await page.getByText(EMPTY).waitFor()
      await shootEveryWay(page, 'identities-denied')
      await page.reload()
      await page.getByText(EMPTY).waitFor()

      assert.equal(await said.count(), 0)
    },
  )

  await stage.play(
    'each thing that fails has words of its own, and what nobody knows has some as well',
    { width: 360 },
    async (page, world) => {
      await signIn(page, world, '/account', await newPerson(world, 'Wanda Words'))
      const codes = 'conflict limit_reached denied unavailable answer_refused over permission_denied'.split(
        ' ',
      )
      const told = new Map<string, string>()
      for (const code of [...codes, 'toString', 'something_else']) {
        await page.goto(`${world.url}/account/security?not_connected=${code}`)
        told.set(code, await page.getByRole('alert').innerText())
        await page.waitForURL(`${world.url}/account/security`)
      }

      assert.equal(new Set(told.values()).size, codes.length + 1)
      assert.equal(told.get('toString'), told.get('something_else'))
      await speakGerman(page)
      await page.goto(`${world.url}/account/security?not_connected=conflict`)
      await page.getByRole('alert').getByText('Dieses Konto ist schon verbunden').waitFor()
      await page.getByRole('heading', { name: 'Konten bei anderen Diensten' }).waitFor()
      await assertAccessible(page)
      await assertFits(page)
      await shoot(page, 'identities-de-360')
    },
  )

  await stage.play('an address that says so does not make it connected', {}, async (page, world) => {
    const person = await newPerson(world, 'Mo Madeup')
    await signIn(page, world, '/account/security', person)

    await page.goto(`${world.url}/account/security?connected=club`)

    await page.getByText(EMPTY).waitFor()
    await page.waitForURL(`${world.url}/account/security`)
    assert.equal(await page.getByText('The club is connected.').count(), 0)
  })

  await stage.play('the only way in stays, and it is said what to do first', {}, async (page, world) => {
    provider.person = memberOf('ole')
    await comeByProvider(page, world)
    await page.getByRole('button', { name: /^Disconnect: / }).click()

    await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()

    await page.getByText('Nothing else opens your account.').waitFor()
    await dialog(page).getByRole('button', { name: 'Cancel' }).click()
    await dialog(page).waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('button', { name: /^Disconnect: / }).count(), 1)
  })

  await stage.play('an administrator disconnects one that its owner has lost', {}, async (page, world) => {
    provider.person = memberOf('lea')
    await comeByProvider(page, world)
    const [account] = (await world.admin.accounts.list({ email: 'lea@club.example' })).items
    const path = `/console/people/${account?.id}`
    await world.admin.roles.create({ id: 'looker', permissions: ['accounts:read'] })
    await page.context().clearCookies()
    await signIn(page, world, path, await newPerson(world, 'Lou Looker', ['looker']))
    await page.getByRole('heading', { name: 'Accounts elsewhere' }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^Disconnect: / }).count(), 0)
    await page.context().clearCookies()
    await signIn(page, world, path)
    await page.getByText('Credential tree').waitFor()
    await shootEveryWay(page, 'identities-person')

    await page.getByRole('button', { name: 'Disconnect: The club (lea@club.example)' }).click()
    await assertAccessible(page)
    await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()

    await page.getByText('The club is disconnected.').waitFor()
    await page.getByRole('heading', { name: 'Accounts elsewhere' }).waitFor({ state: 'detached' })
    assert.deepEqual((await world.admin.accountIdentities.list(account?.id ?? '')).items, [])
  })
})

test('where no service is set, the page says nothing of any', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program)

  await stage.play('and has no section for them', {}, async (page, world) => {
    await signIn(page, world, '/account/security')
    await page.getByRole('button', { name: 'Change the password' }).waitFor()
    await page.waitForLoadState('networkidle')

    assert.equal(await page.getByRole('heading', { name: 'Accounts elsewhere' }).count(), 0)
  })
})
