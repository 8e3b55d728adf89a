/** The shapes that core's port gives to each transaction. */
import type { Store } from '@countersign/core'

/** What the method is given. */
export type InputOf<M extends keyof Store> = Parameters<Store[M]>[0]
/** What it answers. */
export type AnswerOf<M extends keyof Store> = Awaited<ReturnType<Store[M]>>
