/**
 * Mail that nobody is set up to send, for whoever develops against this server. The messages hold links that set
 * passwords, so the pages exist only while the issuer is this machine itself and no SMTP server is set, and only for
 * requests that have come straight from this machine under one of its own names.
 */
import { isFromHere } from '../http/from-here.ts'
import type { Reply } from '../http/reply.ts'
import { type AnyRoute, type Call, publicRoute } from '../http/route.ts'
import type { Mailbox } from '../mail/mailbox.ts'
import { mailListPage, mailPage } from '../pages/mail-pages.ts'
import { pageFile } from '../pages/reply.ts'
import { notFound } from './answer.ts'

/** The message runs nothing, loads nothing, and stands in an origin of its own. */
const MESSAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors 'none'"

const HTML = 'text/html; charset=utf-8'

type PageCall = Call<undefined, undefined, null>

function mailRoute(
  name: string,
  path: string,
  summary: string,
  show: (call: PageCall, mailbox: Mailbox) => Reply,
): AnyRoute {
  return publicRoute({
    name,
    method: 'GET',
    path,
    summary,
    tag: 'Pages',
    access: 'public',
    responses: { 200: { description: 'A page.' } },
    handle: (call) => {
      const { mailbox } = call.services
      return mailbox === null || !isFromHere(call.header, call.facts.address)
        ? notFound(call)
        : show(call, mailbox)
    },
  })
}

const list = mailRoute('dev_mail', '/dev/mail', 'Mail that is kept while none is sent.', (_, mailbox) =>
  pageFile({ body: mailListPage(mailbox.list()), contentType: HTML }),
)

const message = mailRoute('dev_mail_message', '/dev/mail/:id', 'One message as text.', (call, mailbox) => {
  const found = mailbox.find(call.params.id ?? '')
  if (found === null) return notFound(call)
  return pageFile({ body: mailPage(found, call.services.config.issuer), contentType: HTML })
})

const htmlPart = mailRoute(
  'dev_mail_html',
  '/dev/mail/:id/html',
  'Its HTML part, in a sandbox.',
  (call, mailbox) => {
    const found = mailbox.find(call.params.id ?? '')
    if (found === null) return notFound(call)
    return pageFile({ body: found.html, contentType: HTML, policy: MESSAGE_POLICY })
  },
)

export const developmentRoutes: readonly AnyRoute[] = [list, message, htmlPart]
