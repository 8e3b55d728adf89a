/** Plays the demo from its beginning to its end, whatever happens on the way. */
import type { Stage } from './stage.ts'
import { playStory } from './story.ts'
import { type Closable, openTown, type Pace } from './town.ts'

export interface Demo {
  /** 0 when everything went as the story says, 1 otherwise. What was started is closed either way. */
  play(): Promise<0 | 1>
  /** Gives the story up in its middle: closes what was started, the last thing first. */
  close(): Promise<void>
}

export function createDemo(stage: Stage, pace: Pace, open: typeof openTown = openTown): Demo {
  const things: Closable[] = []
  let isGivenUp = false
  const closeAll = async (): Promise<void> => {
    for (let thing = things.pop(); thing !== undefined; thing = things.pop()) await thing.close()
  }
  return {
    close: () => {
      isGivenUp = true
      return closeAll()
    },
    play: async () => {
      let problem: string | null = null
      try {
        stage.chapter(
          'The gym and the pool open',
          'Three processes: an authority, and two APIs that check credentials by themselves.',
        )
        await playStory(stage, await open(stage, pace, (thing) => void things.push(thing)))
      } catch (error) {
        problem = tellProblem(error)
      }
      await closeAll()
      // What fails because everything was closed in the middle is no news.
      if (!isGivenUp) stage.end(problem)
      return problem === null ? 0 : 1
    },
  }
}

/** What assertions add below their first line is for whoever mends the demo, not for whoever watches it. */
function tellProblem(error: unknown): string {
  const [line = ''] = error instanceof Error ? error.message.split('\n') : []
  return line === '' ? 'Something unexpected happened.' : line
}
