// The OpenAPI 3.1 document, made from the contract's own schemas.

import { type Contract, contract, type Route } from '@mainstay/wire/contract';
import { problem, problemMediaType } from '@mainstay/wire/problem';
import { sessionCookie } from '@mainstay/wire/session';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';

export function openapiDocument(version: string): Record<string, unknown> {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, route] of Object.entries(contract as Record<keyof Contract, Route>)) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationObject(name, route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Mainstay', version, description: 'Keeps long-lived, stateful servers alive on ordinary Docker hosts.' },
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
      },
    },
    paths,
  }) as unknown as Record<string, unknown>;
}

function operationObject(operationId: string, route: Route): ZodOpenApiOperationObject {
  const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
  const success = route.messages
    ? { description: 'Messages, for as long as the stream is open', content: { 'text/event-stream': { schema: route.messages } } }
    : route.files
      ? { description: route.summary, content: Object.fromEntries(route.files.map((type) => [type, { schema: z.string() }])) }
      : { description: route.summary, ...(route.answer ? json(route.answer) : {}) };
  const header = {
    operation: operationHeaders,
    bulk: operationHeaders.pick({ 'idempotency-key': true }),
    stream: streamHeaders,
    plain: undefined,
    download: undefined,
  }[route.kind];
  return {
    operationId,
    summary: route.summary,
    ...(route.needs === 'none' ? { security: [] } : {}),
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
      ...(header ? { header } : {}),
    },
    ...(route.body ? { requestBody: json(route.body) } : {}),
    responses: {
      [String(route.status)]: success,
      default: { description: 'A problem document (RFC 9457)', content: { [problemMediaType]: { schema: problem } } },
    },
  };
}

const operationHeaders = z.object({
  prefer: z.string().optional().meta({ description: 'wait=N: answer when the operation has ended, after N seconds at the latest' }),
  'idempotency-key': z.string().optional().meta({ description: 'A request sent twice with one key is carried out once' }),
});

const streamHeaders = z.object({ 'last-event-id': z.string().optional().meta({ description: 'Go on behind this event' }) });
