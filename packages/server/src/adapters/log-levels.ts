/** How much is logged, from most to nothing. Apart from the logger, so that reading settings need not load it. */

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]
