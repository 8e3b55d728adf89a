/** What a sign-in on the pages has to reach for the app that it is for. */
import type { AssuranceLevel } from '@countersign/protocol'
import type { PageCall } from './flow.ts'
import type { Interaction } from './interaction.ts'

export async function levelOf(
  { services }: PageCall,
  interaction: Interaction | null,
): Promise<AssuranceLevel | null> {
  if (interaction === null) return null
  const client = await services.core.store.readClient(interaction.parameters.client_id ?? '')
  return client?.assurance ?? null
}
