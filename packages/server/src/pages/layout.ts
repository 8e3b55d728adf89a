/** The frame of hosted pages and their one style sheet: light and dark, no script needed, nothing inline. */
import { html } from 'hono/html'

type Html = ReturnType<typeof html>

/** What a page may have beside its content. */
export interface LayoutOptions {
  /** The brand. */
  readonly name?: string
  readonly script?: string
}

/** Text is escaped by the template; `content` is a template itself. */
export function layout(title: string, content: Html, options: LayoutOptions = {}): string {
  const { name = 'Countersign', script } = options
  const tail = script === undefined ? '' : html`<script type="module" src="${script}"></script>`
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${name}</title>
<link rel="icon" href="/assets/brand-logo">
<link rel="stylesheet" href="/assets/brand.css">
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<main>
<p class="brand"><img src="/assets/brand-logo" alt="" width="28" height="28"> ${name}</p>
<h1 id="page-title">${title}</h1>
${content}
</main>
${tail}
</body>
</html>`}`
}

export const styleSheet = `
:root { color-scheme: light dark; --ink: #16191f; --soft: #565e6d; --paper: #f7f8fa; --card: #ffffff; --line: #e3e6ec; --field: #868e9d; --bad: #b3261e; --good: #17663a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef2; --soft: #a2aab8; --paper: #111318; --card: #191c23; --line: #2c313c; --field: #727b8c; --bad: #ffb4ab; --good: #7fd8a2; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 'Inter Variable', system-ui, sans-serif; }
main { max-width: 30rem; margin: 8vh auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 16px; }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.25rem; color: var(--ink); font-weight: 600; }
.brand img { border-radius: 8px; }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
p, li { color: var(--soft); }
a { color: var(--brand-text); }
code { font: .9em ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere; }
pre { margin: 1rem 0; color: var(--ink); font: .9em/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
input { width: 100%; padding: .65rem .75rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--field); border-radius: 8px; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--brand-text); outline-offset: 2px; }
.hint { margin: .3rem 0 0; font-size: .875rem; }
button { margin-top: 1.5rem; width: 100%; padding: .7rem 1rem; font: inherit; font-weight: 600; color: #ffffff; background: var(--brand-fill); border: 0; border-radius: 8px; cursor: pointer; }
button:hover { background: var(--brand-fill-hover); }
button[disabled] { opacity: .6; cursor: progress; }
[role='alert'] { color: var(--bad); min-height: 1.5em; margin: 1rem 0 0; }
[role='status'] { color: var(--good); }
@media (max-width: 32rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; } }
`
