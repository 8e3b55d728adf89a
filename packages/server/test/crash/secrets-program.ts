/** Makes root secrets in one new folder after another, until it is killed. */
import { join } from 'node:path'
import { findKeyring } from '../../src/adapters/secrets-file.ts'

const [parent = ''] = process.argv.slice(2)
for (let count = 0; ; count += 1) {
  findKeyring({ setting: null, dataFolder: join(parent, String(count)), embedded: true })
}
