/** The story in its order: everybody gets a credential, and one after the other they are taken back. */
import { type Cards, giveCards } from './scenes/cards.ts'
import { cutLine } from './scenes/cut-line.ts'
import { askForFreshSignIn } from './scenes/fresh-sign-in.ts'
import { readTheLog } from './scenes/log.ts'
import { loseCard } from './scenes/lost-card.ts'
import { narrowRole } from './scenes/narrowed-role.ts'
import { takeEachBack } from './scenes/one-by-one.ts'
import type { Stage } from './stage.ts'
import type { Town } from './town.ts'

export async function playStory(stage: Stage, town: Town): Promise<void> {
  const cards: Cards = await giveCards(stage, town)
  const later = await takeEachBack(stage, town, cards)
  const newPhone = await loseCard(stage, town, later)
  const same = await narrowRole(stage, town, newPhone)
  const decisionId = await cutLine(stage, town, same)
  await askForFreshSignIn(stage, town, same)
  await readTheLog(stage, town, { decisionId, keyId: later.turnstile.keyId })
}
