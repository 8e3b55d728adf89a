/** What the forms of hosted pages carry beside what people type. */
import { html } from 'hono/html'

type Html = ReturnType<typeof html>

/** What every form carries: the request that it goes on with, and the proof that the page came from here. */
export interface FormParts {
  /** Empty where somebody signs in for no app. */
  readonly interaction: string
  readonly csrf: string
}

export const hidden = ({ interaction, csrf }: FormParts): Html => html`
<input type="hidden" name="interaction" value="${interaction}">
<input type="hidden" name="csrf" value="${csrf}">`

/** Takes the request along to another page. */
export const toQuery = (interaction: string): string =>
  interaction === '' ? '' : `?interaction=${encodeURIComponent(interaction)}`
