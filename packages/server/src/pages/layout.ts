/** The frame of hosted pages and their one style sheet: light and dark, no script needed, nothing inline. */
import { html } from 'hono/html'

type Html = ReturnType<typeof html>

/** Text is escaped by the template; `content` is a template itself. */
export function layout(title: string, content: Html, script: string | null = null): string {
  const tail = script === null ? '' : html`<script type="module" src="${script}"></script>`
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Countersign</title>
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<main>
<p class="brand">Countersign</p>
<h1 id="page-title">${title}</h1>
${content}
</main>
${tail}
</body>
</html>`}`
}

export const styleSheet = `
:root { color-scheme: light dark; --ink: #1b1f2a; --soft: #5a6273; --paper: #f6f7f9; --card: #ffffff; --line: #d4d8e0; --accent: #2748c9; --accent-ink: #ffffff; --bad: #b3261e; --good: #1a6b3c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaf0; --soft: #a3abbd; --paper: #12141a; --card: #1b1f28; --line: #39404f; --accent: #8ea6ff; --accent-ink: #10131c; --bad: #ffb4ab; --good: #7fd8a2; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 30rem; margin: 8vh auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.brand { margin: 0; color: var(--soft); font-size: .85rem; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.25; }
p, li { color: var(--soft); }
a { color: var(--accent); }
code { font: .9em ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere; }
pre { margin: 1rem 0; color: var(--ink); font: .9em/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
input { width: 100%; padding: .65rem .75rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint { margin: .3rem 0 0; font-size: .875rem; }
button { margin-top: 1.5rem; width: 100%; padding: .7rem 1rem; font: inherit; font-weight: 600; color: var(--accent-ink); background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; }
button[disabled] { opacity: .6; cursor: progress; }
[role='alert'] { color: var(--bad); min-height: 1.5em; margin: 1rem 0 0; }
[role='status'] { color: var(--good); }
@media (max-width: 32rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; } }
`
