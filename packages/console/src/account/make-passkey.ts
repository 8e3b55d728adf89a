/** A passkey of this device, for the account that is signed in. */
import { client } from '../api/client.ts'
import { Cancelled, isDeclined } from '../api/problems.ts'

/** A person who says no to the browser has changed their mind, and nothing is broken. */
export async function makePasskey(): ReturnType<typeof client.addPasskey> {
  try {
    return await client.addPasskey()
  } catch (error) {
    throw isDeclined(error) ? new Cancelled() : error
  }
}
