/** The one client of these pages: the browser's cookie, at the origin that served the page. */
import { type Client, createClient } from '@countersign/client'

export const client: Client = createClient({ baseUrl: window.location.origin })
