/**
 * Whom each network has tried to be in vain within the last hour, in this process's memory: bounded, and forgotten
 * with the process. It only adds to the risk of a sign-in; limits are kept elsewhere.
 */
import { type FailingNetworks, RECENT_MS } from '@countersign/core'

/** Beyond it the network that failed longest ago is forgotten: whoever rotates through more is new each time anyway. */
const NETWORKS_MAX = 10_000
/** More are no stronger sign. */
const SUBJECTS_MAX = 64

export function createFailingNetworks(): FailingNetworks {
  /** When each subject failed last, by network; both in the order of the last failure. */
  const networks = new Map<string, Map<string, number>>()
  return {
    note: (network, subject, nowMs) => {
      if (network === null) return
      const subjects = networks.get(network) ?? new Map<string, number>()
      networks.delete(network)
      networks.set(network, subjects)
      subjects.delete(subject)
      subjects.set(subject, nowMs)
      dropFirst(subjects, SUBJECTS_MAX)
      dropFirst(networks, NETWORKS_MAX)
    },
    countOthers: (network, subject, nowMs) => {
      const subjects = network === null ? undefined : networks.get(network)
      if (subjects === undefined) return 0
      return [...subjects].filter(([other, atMs]) => other !== subject && nowMs - atMs < RECENT_MS).length
    },
  }
}

function dropFirst<T>(map: Map<string, T>, max: number): void {
  if (map.size <= max) return
  const first = map.keys().next()
  if (!first.done) map.delete(first.value)
}
