/**
 * Counters and histograms that cost a few nanoseconds to count and are turned into Prometheus' text exposition
 * format (version 0.0.4) only when somebody scrapes.
 */

interface Description {
  /** `a-z _` and a unit at the end. */
  readonly name: string
  readonly help: string
}

export interface Tally {
  /** `label` is the value of the one label; anything where there is none. */
  add(label: string): void
  render(): string
}

export interface Histogram {
  observe(first: string, second: string, seconds: number): void
  render(): string
}

/** Upper bounds of the buckets in seconds: from a check in memory to a request that nobody waits for. */
const BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
/** Labels are names of ours. Should a stranger's text ever become one, the memory stays bounded. */
const SERIES_MAX = 2000
const OTHER = 'other'

export function createTally(description: Description & { labels: readonly [] | readonly [string] }): Tally {
  const [label] = description.labels
  const counts = new Map<string, number>()
  return {
    add(value) {
      const name = counts.has(value) || counts.size < SERIES_MAX ? value : OTHER
      counts.set(name, (counts.get(name) ?? 0) + 1)
    },
    render() {
      // A counter without labels exists from the start: a rate over nothing would hide its first step.
      if (label === undefined && counts.size === 0) counts.set('', 0)
      const lines = [...counts].map(([value, count]) =>
        line(description.name, label === undefined ? {} : { [label]: value }, count),
      )
      return render(description, 'counter', lines)
    },
  }
}

interface Series {
  readonly buckets: Float64Array
  sum: number
  count: number
}

export function createHistogram(description: Description & { labels: readonly [string, string] }): Histogram {
  const [firstLabel, secondLabel] = description.labels
  // Two steps of look-up instead of one joined key: joining would cost more than both.
  const all = new Map<string, Map<string, Series>>()
  let size = 0
  const open = (first: string, second: string): Series => {
    const [one, other] = size < SERIES_MAX ? [first, second] : [OTHER, OTHER]
    const row = all.get(one) ?? new Map<string, Series>()
    const series = row.get(other) ?? {
      buckets: new Float64Array(BOUNDS_SECONDS.length + 1),
      sum: 0,
      count: 0,
    }
    if (!row.has(other)) size += 1
    all.set(one, row.set(other, series))
    return series
  }

  return {
    observe(first, second, seconds) {
      const series = all.get(first)?.get(second) ?? open(first, second)
      let bucket = 0
      while (bucket < BOUNDS_SECONDS.length && seconds > (BOUNDS_SECONDS[bucket] ?? 0)) bucket += 1
      series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
      series.sum += seconds
      series.count += 1
    },
    render() {
      const lines = [...all].flatMap(([first, row]) =>
        [...row].flatMap(([second, series]) =>
          renderSeries(description.name, { [firstLabel]: first, [secondLabel]: second }, series),
        ),
      )
      return render(description, 'histogram', lines)
    },
  }
}

export function renderGauge(name: string, help: string, value: number): string {
  return renderSample('gauge', name, help, value)
}

/** One number that somebody else keeps. */
export function renderSample(kind: 'gauge' | 'counter', name: string, help: string, value: number): string {
  return render({ name, help }, kind, [line(name, {}, value)])
}

type Labels = Readonly<Record<string, string>>

/** Buckets are cumulative: each counts everything up to its bound. */
function renderSeries(name: string, labels: Labels, series: Series): string[] {
  let count = 0
  const buckets = [...series.buckets].map((inBucket, index) => {
    count += inBucket
    return line(`${name}_bucket`, { ...labels, le: `${BOUNDS_SECONDS[index] ?? '+Inf'}` }, count)
  })
  return [...buckets, line(`${name}_sum`, labels, series.sum), line(`${name}_count`, labels, series.count)]
}

function render({ name, help }: Description, type: string, lines: readonly string[]): string {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
