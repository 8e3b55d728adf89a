/** What the main thread has cost so far: other programs of the machine, and waiting for clients, do not count. */
export function busyMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
