// Reads our Markdown as far as the tests of the documents need: headings, fenced blocks and links. No more of the language than that.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The root folder of the repository. */
export const ROOT: string = dirname(dirname(import.meta.dirname))

/** Every Markdown file of ours, from the root, with forward slashes. */
export function listDocuments(): string[] {
  const exclude = ['**/node_modules/**', '**/dist/**', 'data/**', 'bench/results/**']
  const files = globSync('**/*.md', { cwd: ROOT, exclude })
  return files.map((file) => file.replaceAll('\\', '/')).sort()
}

export function readDocument(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

export interface Fence {
  /** What stands behind the opening backticks: `bash`, `json`, `text`. */
  readonly language: string
  readonly body: string
  /** The nearest heading before it, without its signs. */
  readonly heading: string
}

/** The fenced blocks of a text, in order. Throws for one that is not closed. */
export function readFences(text: string): Fence[] {
  const fences: Fence[] = []
  let heading = ''
  let open: { language: string; lines: string[] } | null = null
  for (const line of text.split('\n')) {
    const mark = /^```(.*)$/.exec(line)
    if (open === null) {
      heading = /^#{1,6} (.+)$/.exec(line)?.[1] ?? heading
      if (mark !== null) open = { language: (mark[1] ?? '').trim(), lines: [] }
    } else if (mark === null) open.lines.push(line)
    else {
      fences.push({ language: open.language, body: open.lines.join('\n'), heading })
      open = null
    }
  }
  if (open !== null) throw new Error(`The block under "${heading}" is not closed.`)
  return fences
}

/** The text under a heading of the second level, to the next one. Throws where there is no such heading. */
export function readSection(text: string, heading: string): string {
  const parts = text.split(/^## /m)
  const found = parts.find((part) => part.startsWith(`${heading}\n`))
  if (found === undefined) throw new Error(`There is no section "${heading}".`)
  return found.slice(heading.length + 1)
}

export interface Heading {
  readonly level: number
  readonly title: string
}

/** The headings outside fenced blocks. */
export function readHeadings(text: string): Heading[] {
  return [...withoutFences(text).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, signs = '', title = '']) => ({
    level: signs.length,
    title: title.trim(),
  }))
}

/** What a heading is linked by, as GitHub makes it: lower case, signs dropped, spaces to hyphens. */
export function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** The targets of links and pictures outside code. */
export function readLinks(text: string): string[] {
  const prose = withoutFences(text).replace(/`[^`\n]*`/g, '``')
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target)
}

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '')
