/**
 * The HTML part: one column, the reader's own fonts, light and dark. It loads nothing from anywhere, so that opening
 * a message tells nobody that it was opened. Styles stand on the elements, where mail programs look for them.
 */
import { html } from 'hono/html'
import type { Brand, MailText } from './render.ts'

type Html = ReturnType<typeof html>

/** Every text is escaped by the template. */
export function toHtml(text: MailText, brand: Brand): string {
  const { language, subject, greeting, paragraphs, facts, action, advice, footer } = text
  return `${html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .paper { background: #12141a !important; }
  .card { background: #1b1f28 !important; border-color: #39404f !important; }
  .ink { color: #e8eaf0 !important; }
  .soft { color: #a3abbd !important; }
}
</style>
</head>
<body class="paper" style="margin:0;padding:24px 12px;background:#f6f7f9;font:16px/1.55 system-ui,-apple-system,'Segoe UI',sans-serif">
<div class="card" role="article" lang="${language}" style="max-width:520px;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #d4d8e0;border-radius:12px">
<p class="soft" style="margin:0 0 8px;padding:0 0 8px;border-bottom:3px solid ${brand.color};color:#5a6273;font-size:14px">${brand.name}</p>
<h1 class="ink" style="margin:16px 0;color:#1b1f2a;font-size:22px;line-height:1.3">${subject}</h1>
${[greeting, ...paragraphs].map((words) => paragraph(words))}
${facts.length === 0 ? '' : factTable(facts)}
${action === null ? '' : button(action, brand)}
${advice === null ? '' : paragraph(advice)}
<p class="soft" style="margin:24px 0 0;padding:12px 0 0;border-top:1px solid #d4d8e0;color:#5a6273;font-size:13px">${footer}</p>
</div>
</body>
</html>`}
`
}

const paragraph = (words: string): Html =>
  html`<p class="ink" style="margin:0 0 16px;color:#1b1f2a">${words}</p>
`

/** The address stands below it too, for those whose mail program shows no buttons, and for those who look first. */
const button = ({ label, url }: { label: string; url: string }, { color }: Brand): Html =>
  html`<p style="margin:24px 0"><a href="${url}" style="display:inline-block;padding:12px 20px;background:${color};border-radius:8px;color:#ffffff;font-weight:600;text-decoration:none">${label}</a></p>
<p class="soft" style="margin:0 0 16px;color:#5a6273;font-size:13px;overflow-wrap:anywhere">${url}</p>
`

const factTable = (facts: MailText['facts']): Html => html`<table style="margin:0 0 16px;border-spacing:0">
${facts.map(
  ([
    label,
    value,
  ]) => html`<tr><th scope="row" class="soft" style="padding:2px 16px 2px 0;color:#5a6273;font-weight:400;text-align:left;vertical-align:top">${label}</th><td class="ink" style="padding:2px 0;color:#1b1f2a">${value}</td></tr>
`,
)}</table>
`
