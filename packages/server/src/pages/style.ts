/** The one style sheet of hosted pages, light and dark: as the system is, or as the page's root says. The brand's colours come from a sheet of their own. */
const light =
  '--ink: #16191f; --soft: #565e6d; --paper: #f7f8fa; --card: #ffffff; --line: #e3e6ec; --field: #868e9d; --bad: #b3261e; --bad-soft: #fdf0ef; --good: #17663a; --good-soft: #edf7f1;'
const dark =
  '--ink: #eceef2; --soft: #a2aab8; --paper: #111318; --card: #191c23; --line: #2c313c; --field: #727b8c; --bad: #ffb4ab; --bad-soft: #3a2120; --good: #7fd8a2; --good-soft: #182c21;'

export const styleSheet: string = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
:root[data-scheme='light'] { color-scheme: light; ${light} }
:root[data-scheme='dark'] { color-scheme: dark; ${dark} }
* { box-sizing: border-box; }
body { min-height: 100vh; margin: 0; background: radial-gradient(48rem 24rem at 50% -8rem, var(--brand-soft), transparent 70%) no-repeat var(--paper); color: var(--ink); font: 16px/1.55 'Inter Variable', system-ui, sans-serif; }
main { max-width: 28rem; margin: 9vh auto 2rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 17px; box-shadow: 0 1px 2px rgb(16 19 26 / 6%), 0 12px 32px rgb(16 19 26 / 7%); }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.5rem; color: var(--ink); font-weight: 600; }
.brand img { border-radius: 8px; }
h1 { overflow-wrap: break-word; hyphens: auto; margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
p, li, dd { color: var(--soft); overflow-wrap: break-word; }
p { margin: 0 0 1rem; }
p strong { color: var(--ink); overflow-wrap: anywhere; }
#device-user-code { white-space: nowrap; }
a { color: var(--brand-text); }
code { font: .9em ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere; }
pre { margin: 1rem 0; color: var(--ink); font: .9em/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
label.check { display: flex; gap: .6rem; align-items: baseline; font-weight: 400; }
label.check input { width: auto; flex: none; }
input { width: 100%; padding: .65rem .75rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--field); border-radius: 8px; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--brand-text); outline-offset: 2px; }
#login-code, #device-code { font-size: 1.25rem; letter-spacing: .15em; }
.hint { margin: .5rem 0 0; font-size: .875rem; }
button, .button { display: block; margin-top: 1.5rem; width: 100%; text-align: center; text-decoration: none; padding: .7rem 1rem; font: inherit; font-weight: 600; color: #ffffff; background: var(--brand-fill); border: 1px solid transparent; border-radius: 8px; cursor: pointer; }
button:hover, .button:hover { background: var(--brand-fill-hover); }
button[disabled] { opacity: .6; cursor: not-allowed; }
button.quiet, .button.quiet { color: var(--ink); background: transparent; border-color: var(--field); }
button.quiet:hover, .button.quiet:hover { background: var(--paper); }
.providers { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.providers .button { margin-top: 0; }
.providers .button + .button { margin-top: .75rem; }
form ~ form button { margin-top: .75rem; }
form ~ form p { margin: 1.5rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.choice { display: flex; flex-direction: row-reverse; gap: .75rem; }
[role='alert']:empty { display: none; }
[role='alert'], [role='status'] { margin: 1rem 0; padding: .7rem .9rem; border-radius: 8px; }
[role='alert'] { color: var(--bad); background: var(--bad-soft); }
[role='status'] { color: var(--good); background: var(--good-soft); }
[role='status'].plain { color: var(--ink); background: var(--paper); }
[role='status'] a { color: inherit; font-weight: 600; }
[hidden] { display: none; }
.qr { margin: 1rem 0; }
.qr svg { display: block; width: 12rem; height: 12rem; background: #ffffff; border-radius: 8px; }
.below { margin: 1.5rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: .9375rem; }
.below span { display: block; }
.below a + a { margin-left: 1rem; }
.app { display: flex; align-items: center; gap: .9rem; margin: 1rem 0 0; }
.app img { border-radius: 12px; border: 1px solid var(--line); object-fit: contain; background: #ffffff; }
.app p { margin: 0; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 .5rem; font-size: .8125rem; font-weight: 600; color: var(--bad); background: var(--bad-soft); border-radius: 999px; }
.warning { margin: 1rem 0 0; padding: .7rem .9rem; color: var(--bad); background: var(--bad-soft); border-radius: 8px; overflow-wrap: anywhere; }
.warning strong { color: inherit; }
.account { width: fit-content; margin: 1rem 0; padding: .25rem .75rem; overflow-wrap: anywhere; font-size: .875rem; color: var(--brand-text); background: var(--brand-soft); border-radius: 14px; }
.scopes { margin: 1rem 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 12px; }
.scopes li { padding: .7rem 1rem; color: var(--ink); }
.scopes li + li { border-top: 1px solid var(--line); }
.scopes code { display: block; margin-top: .1rem; color: var(--soft); font-size: .8125rem; }
dl { margin: 1.5rem 0 0; font-size: .875rem; }
dt { margin-top: .5rem; font-weight: 600; }
dd { margin: 0; }
@media (max-width: 32rem) { body { background: var(--card); } main { box-shadow: none; margin: 0; max-width: none; min-height: 100vh; padding: 1.5rem; border: 0; border-radius: 0; } }
`
