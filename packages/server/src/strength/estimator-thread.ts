/**
 * The thread that estimates how many guesses a password costs (zxcvbn). Its dictionaries take some fifty
 * megabytes and its work some ten milliseconds, so neither is done where requests are answered.
 */
import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import type { FromEstimator, ToEstimator } from './messages.ts'

/** In UTF-16 code units; the work grows faster than the length. What follows can only make a password better. */
const LENGTH_MAX = 64
/** Ways to undo `p@55w0rd`; the default of a hundred takes ten times as long on texts made of such signs. */
const SUBSTITUTIONS_MAX = 16

// Feedback comes as the names of its sentences: no translations are given.
const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  l33tMaxSubstitutions: SUBSTITUTIONS_MAX,
  maxLength: LENGTH_MAX,
})

parentPort?.on('message', ({ id, text, words }: ToEstimator) => {
  const { score, feedback } = zxcvbn.check(text.slice(0, LENGTH_MAX), [...words])
  const answer: FromEstimator = { id, score, warning: feedback.warning, suggestions: feedback.suggestions }
  parentPort?.postMessage(answer)
})
