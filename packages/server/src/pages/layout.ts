/** The frame of hosted pages: no script needed, nothing inline. */
import { html } from 'hono/html'
import type { Scheme } from '../http/scheme-cookie.ts'

type Html = ReturnType<typeof html>

/** What a page may have beside its content. */
export interface LayoutOptions {
  /** The brand. */
  readonly name?: string
  /** BCP 47. */
  readonly language?: string
  /** Null follows the system. */
  readonly scheme?: Scheme | null
  readonly scripts?: readonly string[]
}

/** Text is escaped by the template; `content` is a template itself. */
export function layout(title: string, content: Html, options: LayoutOptions = {}): string {
  const { name = 'Countersign', language = 'en', scheme = null, scripts = [] } = options
  return `${html`<!doctype html>
<html lang="${language}"${scheme === null ? '' : html` data-scheme="${scheme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${scheme ?? 'light dark'}">
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
${scripts.map((script) => html`<script type="module" src="${script}"></script>`)}
</body>
</html>`}`
}
