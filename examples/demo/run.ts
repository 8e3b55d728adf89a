/** Plays the demo from its beginning to its end, whatever happens on the way. */
import type { DemoAuthority } from './authority.ts'
import type { Stage } from './stage.ts'
import { playStory } from './story.ts'

/** 0 when everything went as the story says, 1 otherwise. The authority is stopped and its folder removed either way. */
export async function runDemo(stage: Stage, start: () => Promise<DemoAuthority>): Promise<0 | 1> {
  let authority: DemoAuthority | null = null
  let problem: string | null = null
  try {
    stage.chapter('The gym opens')
    authority = await stage.step(
      'An authority starts, with its own database in a temporary folder',
      start,
      ({ url, startMs }) => `${url}, ready in ${startMs.toFixed(0)} ms`,
    )
    await playStory(stage, authority)
  } catch (error) {
    problem = error instanceof Error ? error.message : 'Something unexpected happened.'
  } finally {
    await authority?.close()
  }
  stage.end(problem)
  return problem === null ? 0 : 1
}
