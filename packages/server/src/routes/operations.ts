/** For operators and machines: the OpenAPI document and metrics. */
import { z } from 'zod'
import { isLoopback } from '../http/gate.ts'
import { dataHeaders, json, type Reply } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { notFound } from './answer.ts'

const openapi: AnyRoute = publicRoute({
  name: 'openapi',
  method: 'GET',
  path: '/openapi.json',
  summary: 'This API, as OpenAPI 3.1.',
  tag: 'Metadata',
  access: 'public',
  responses: { 200: { description: 'The document.', schema: z.object({ openapi: z.string() }).loose() } },
  handle: async ({ services }) => json(200, await services.describeApi()),
})

const metrics: AnyRoute = publicRoute({
  name: 'metrics',
  method: 'GET',
  path: '/metrics',
  summary: 'Prometheus metrics; from this machine only unless configured.',
  tag: 'Metadata',
  access: 'public',
  responses: { 200: { description: 'Text exposition format.' } },
  handle: async (call) => {
    const { services, facts } = call
    // ASVS 13.4.5. Behind a proxy on this machine the true address decides, not the proxy's.
    if (!services.config.metricsPublic && !isLoopback(facts.address)) return notFound(call)
    const { contentType, text } = await services.metrics.scrape()
    const reply: Reply = {
      status: 200,
      body: text,
      headers: { ...dataHeaders, 'content-type': contentType },
      outcome: 'ok',
    }
    return reply
  },
})

export const operationRoutes: readonly AnyRoute[] = [openapi, metrics]
