/** An app that nobody registered, from the page that warns of it to the console that ends it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Documents, openDocuments } from '@countersign/tools/document-server'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { fillIn, newPerson, signIn } from './people.ts'
import { openStage, type Stage } from './stage.ts'

const REDIRECT = 'http://127.0.0.1:7777/callback'

test('an app that describes itself in a document', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const documents = await openDocuments()
  t.after(documents.close)
  const stage = await openStage(t, program, {
    COUNTERSIGN_CLIENT_DOCUMENTS: 'on',
    COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
    NODE_EXTRA_CA_CERTS: await keptCertificate(t, documents),
  })
  const id = publish(documents)
  await warns(stage, id)
  await ends(stage, id)
})

async function keptCertificate(t: TestContext, { certificate }: Documents): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-certificate-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'documents.pem')
  await writeFile(file, certificate)
  return file
}

function publish(documents: Documents): string {
  const client_id = `${documents.origin}/apps/notes.json`
  const body = { client_id, client_name: 'Notes for swimmers', redirect_uris: [REDIRECT] }
  return documents.publish('/apps/notes.json', { body })
}

async function warns(stage: Stage, id: string): Promise<void> {
  await stage.play('whoever signs in to it is warned, and shown both hosts', {}, async (page, world) => {
    const person = await newPerson(world, 'Wanda Warned')
    await page.route(`${REDIRECT}**`, (route) => route.fulfill({ contentType: 'text/html', body: 'Back.' }))
    const parameters = {
      response_type: 'code',
      client_id: id,
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
      code_challenge_method: 'S256',
    }
    await page.goto(`${world.url}/oauth/authorize?${new URLSearchParams(parameters)}`)
    await fillIn(page, person.email, person.password)
    await page.getByText('unchecked', { exact: true }).waitFor()

    assert.equal(await page.locator('#consent-host').textContent(), '127.0.0.1:7777')
    assert.equal(await page.locator('#consent-document').textContent(), new URL(id).host)
    await assertAccessible(page)
    await shoot(page, 'consent-by-document')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(`${REDIRECT}**`)
  })
}

async function ends(stage: Stage, id: string): Promise<void> {
  await stage.play('the console lists it, changes nothing of it, and ends it', {}, async (page, world) => {
    await signIn(page, world, '/console/clients')
    await page.getByRole('link', { name: /Notes for swimmers/ }).click()
    await page.getByText('It describes itself in a document at its id.').waitFor()
    await page.reload()
    await page.getByText('It describes itself in a document at its id.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Change', exact: true }).count(), 0)
    await assertAccessible(page)
    await shootEveryWay(page, 'clients-by-document')
    await page.getByRole('button', { name: 'End', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Access tokens are not counted.').first().waitFor()
    await dialog.getByRole('button', { name: 'End', exact: true }).click()

    await page.waitForURL(`${world.url}/console/clients`)
    const { items } = await world.admin.clients.list()
    assert.ok(items.every((client) => client.id !== id))
  })
}
