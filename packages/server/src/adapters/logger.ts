/**
 * The log: one JSON object per line on standard output, in UTC (ASVS 16.2). Nothing can leak by accident,
 * since a line is built from the fields named here and from nothing else: no header, body, query or credential
 * has a way in.
 */
import type { Clock } from '@countersign/core'
import pino from 'pino'
import type { LogLevel } from './log-levels.ts'
import { toLoggedError, toLoggedText } from './logged-error.ts'

/** One answered request. */
export interface RequestRecord {
  /** The request's id, which is also the id of the decision about it. */
  readonly request: string
  readonly route: string
  /** `ok` or the code of the refusal. */
  readonly outcome: string
  readonly status: number
  readonly durationMs: number
  /** Why it was refused, for those who may read logs. */
  readonly reason?: string
}

/** A refusal that a verifier has reported. */
export interface ReportedDecision {
  readonly id: string
  readonly atMs: number
  readonly code: string
  readonly reason: string | null
  readonly route: string | null
  readonly credential_id: string | null
  /** The verifier's service account. */
  readonly reported_by: string | null
}

/** Something else that happened. */
export interface Notice {
  /** A name of ours, such as `chore_failed`. */
  readonly event: string
  /** The request in which it happened, or the name of the chore. */
  readonly request: string | null
  /** Logged by kind and place; see `logged-error.ts`. */
  readonly error?: unknown
}

export interface Logger {
  request(record: RequestRecord): void
  reported(decision: ReportedDecision): void
  info(notice: Notice): void
  warn(notice: Notice): void
  error(notice: Notice): void
  /** Writes what waits, before the process ends. */
  flush(): void
}

export interface LoggerOptions {
  readonly level: LogLevel
  readonly clock?: Pick<Clock, 'nowMs'>
  /** Takes the lines instead of standard output. */
  readonly write?: (line: string) => void
}

/** What a reader that has stopped reading may keep waiting; later lines are dropped, not the server. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024

/** Lines are written together: a system call for each would cost more than the request that it tells of. */
const BATCH_BYTES = 32_768
/** The longest that a line waits. */
const FLUSH_MS = 100

export function createLogger(options: LoggerOptions): Logger {
  const { clock = { nowMs: () => Date.now() }, write } = options
  // Asynchronous: a slow terminal must not slow down requests.
  const stream =
    write === undefined
      ? pino.destination({
          sync: false,
          maxLength: WAITING_BYTES_MAX,
        })
      : { write }
  const timeOf = createTimeSpeller()
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${timeOf(clock.nowMs())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  // Gathered here and handed over as one text: the stream looks at all that waits for each line it is given.
  let lines = ''
  let timer: NodeJS.Timeout | null = null
  const handOver = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (lines !== '') stream.write(lines)
    lines = ''
  }
  const gather = (line: string): void => {
    lines += line
    if (write !== undefined || lines.length >= BATCH_BYTES) handOver()
    else timer ??= setTimeout(handOver, FLUSH_MS).unref()
  }
  const note = (level: 'info' | 'warn' | 'error', notice: Notice): void => {
    if (!log.isLevelEnabled(level)) return
    handOver()
    log[level](toNoticeLine(notice))
  }

  return {
    request: (record) => {
      if (log.isLevelEnabled('info')) gather(toRequestLine(record, timeOf(clock.nowMs())))
    },
    reported: (decision) => {
      if (!log.isLevelEnabled('info')) return
      handOver()
      log.info(toDecisionLine(decision))
    },
    info: (notice) => note('info', notice),
    warn: (notice) => note('warn', notice),
    error: (notice) => note('error', notice),
    flush: () => {
      handOver()
      if ('flushSync' in stream) stream.flushSync()
    },
  }
}

type Line = Record<string, unknown>

/** Spelled by hand, since it is written for every request: a quarter of what the general way costs. */
function toRequestLine(record: RequestRecord, time: string): string {
  const { request, route, outcome, status, durationMs, reason } = record
  const durationText = Math.round(durationMs * 1000) / 1000
  const reasonText = reason === undefined ? '' : `,"reason":${quote(reason)}`
  return (
    `{"level":"info","time":"${time}","event":"request","request":${quote(request)},"route":${quote(route)},` +
    `"outcome":${quote(outcome)},"status":${status},"duration_ms":${durationText}${reasonText}}\n`
  )
}

/** Ours are plain names, which need no escaping; whatever is not takes the careful way. */
const quote = (text: string): string =>
  /^[\w-]{1,64}$/.test(text) ? `"${text}"` : JSON.stringify(toLoggedText(text))

/** Many lines fall into one millisecond. */
function createTimeSpeller(): (nowMs: number) => string {
  let spelledMs = Number.NaN
  let spelled = ''
  return (nowMs) => {
    if (nowMs !== spelledMs) {
      spelledMs = nowMs
      spelled = new Date(nowMs).toISOString()
    }
    return spelled
  }
}

/** Ids are ours and no secrets; they are what a decision is found by. */
function toDecisionLine(decision: ReportedDecision): Line {
  const { id, atMs, code, reason, route, credential_id, reported_by } = decision
  return {
    event: 'reported_refusal',
    request: id,
    at: new Date(atMs).toISOString(),
    outcome: code,
    ...(reason !== null && { reason: toLoggedText(reason) }),
    ...(route !== null && { route: toLoggedText(route) }),
    ...(credential_id !== null && { credential: credential_id }),
    ...(reported_by !== null && { reported_by }),
  }
}

function toNoticeLine(notice: Notice): Line {
  return {
    event: toLoggedText(notice.event),
    ...(notice.request !== null && { request: toLoggedText(notice.request) }),
    ...(notice.error !== undefined && { error: toLoggedError(notice.error) }),
  }
}
