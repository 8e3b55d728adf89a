/** All breaks of the lease protocol that the checker has to find. */
import { authorityMutations } from './authority-mutations.ts'
import type { Mutation } from './mutation.ts'
import { verifierMutations } from './verifier-mutations.ts'

export const mutations: readonly Mutation[] = [...verifierMutations, ...authorityMutations]
