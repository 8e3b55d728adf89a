/** The OpenAPI 3.1 document, made from the rows of the route table and their schemas. */
import { errors, oauthErrors } from '@countersign/protocol'
import { z } from 'zod'
import type { AnyRoute } from './route.ts'

type Json = Record<string, unknown>

/** `cookieName`: the session cookie's, which depends on the settings. */
export function openApiDocument(routes: readonly AnyRoute[], issuer: string, cookieName: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    if (route.tag === 'Pages') continue
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description: 'Issues, verifies and revokes session tokens, JWTs and API keys.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: issuer }],
    tags: [...new Set(routes.map((route) => route.tag))]
      .filter((tag) => tag !== 'Pages')
      .map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookieName }, ...headerSchemes },
      schemas: { Problem: problemSchema, OAuthError: oauthErrorSchema },
    },
  }
}

const headerSchemes: Json = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A session token or an access token.' },
  api_key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
}

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'code', 'decision_id'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errors) },
    decision_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

const oauthErrorSchema: Json = {
  type: 'object',
  description: 'RFC 6749 §5.2.',
  required: ['error'],
  properties: {
    error: { type: 'string', enum: Object.keys(oauthErrors) },
    error_description: { type: 'string' },
  },
}

function operation(route: AnyRoute): Json {
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [route.tag],
    ...(route.access !== 'public' && { security: [{ session: [] }, { bearer: [] }, { api_key: [] }] }),
    ...(typeof route.access === 'object' && { 'x-permission': route.access.permission }),
    ...(route.stepUp && { 'x-step-up': { acr: route.stepUp.acr, max_age: route.stepUp.maxAgeSeconds } }),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body && { requestBody: requestBody(route) }),
    responses: { ...responses(route), default: failure(route) },
  }
}

function pathParameters(route: AnyRoute): Json[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(route: AnyRoute): Json[] {
  if (route.query === undefined) return []
  const schema = toJsonSchema(route.query, 'input')
  const properties: Json = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }))
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

function requestBody(route: AnyRoute): Json {
  const type = route.bodyForm === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
  const schema = route.body === undefined ? {} : toJsonSchema(route.body, 'input')
  return { required: route.bodyForm !== 'optional_json', content: { [type]: { schema } } }
}

function responses(route: AnyRoute): Json {
  const entries = Object.entries(route.responses).map(([status, { description, schema }]) => {
    const content = schema && { 'application/json': { schema: toJsonSchema(schema, 'output') } }
    return [status, { description, ...(content && { content }) }] as const
  })
  return Object.fromEntries(entries)
}

function failure(route: AnyRoute): Json {
  const oauth = route.errorForm === 'oauth'
  const [type, name] = oauth ? ['application/json', 'OAuthError'] : ['application/problem+json', 'Problem']
  return {
    description: 'Refused.',
    content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } },
  }
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
