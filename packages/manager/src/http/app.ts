// The HTTP server: every route of the contract with its handler, the page, and what holds for all answers.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import files from '@fastify/static';
import { Fault } from '@mainstay/core/fault';
import { type Contract, contract, type Route } from '@mainstay/wire/contract';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { changeSettings } from '../app/settings.ts';
import type { Feed } from '../feed.ts';
import { unwritableFault } from '../sql/file-guard.ts';
import type { World } from '../world.ts';
import { accountHandlers } from './accounts.ts';
import { agentHandlers } from './agents.ts';
import { auditHandlers } from './audit.ts';
import { bind, type Handler, type Handlers, sendProblem } from './bind.ts';
import { factorHandlers } from './factors.ts';
import { notificationHandlers } from './notifications.ts';
import { openapiDocument } from './openapi.ts';
import { operationHandlers } from './operations.ts';
import { serverHandlers } from './servers.ts';
import { sessionHandlers } from './session.ts';
import { ssoHandlers } from './sso.ts';
import { streamChanges } from './stream.ts';
import { templateHandlers } from './templates.ts';
import type { TlsPair } from './tls.ts';
import { tokenHandlers } from './tokens.ts';

/** The largest body the API takes. A server with 256 variables fits many times. */
const largestBody = 256 * 1024;

/** @param scripts the texts of the scripts that the page's document itself holds: they run, and no other that is not a file of ours */
function contentSecurityPolicy(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => ` 'sha256-${createHash('sha256').update(script).digest('base64')}'`).join('');
  return `default-src 'self'; script-src 'self'${hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`;
}

/** The scripts within a document: those without an address of their own. */
function scriptsIn(document: string): string[] {
  return [...document.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => script ?? '');
}

export interface AppOptions {
  readonly version: string;
  readonly webDirectory: string | null;
  readonly feed: Feed;
  readonly stopping: AbortSignal;
  /** null: plain HTTP. */
  readonly tls: TlsPair | null;
  /** What these say of a client in X-Forwarded-… is believed. */
  readonly trustedProxies: readonly string[];
  /** How long a request may take to arrive whole. */
  readonly requestWithinMs: number;
  /** Whether browsers are to come by TLS only, from now on. */
  readonly tlsOnly: boolean;
}

export async function createApp(world: World, options: AppOptions): Promise<FastifyInstance> {
  const page = options.webDirectory !== null && existsSync(join(options.webDirectory, 'index.html')) ? options.webDirectory : null;
  const policy = contentSecurityPolicy(page === null ? [] : scriptsIn(readFileSync(join(page, 'index.html'), 'utf8')));
  const onEveryAnswer = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': policy,
    ...(options.tlsOnly ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
  // Node takes the longer of the two for the whole request, and looks now and then whether one has taken too long.
  const looking = { headersTimeout: options.requestWithinMs, connectionsCheckingInterval: Math.min(options.requestWithinMs, 30_000) };
  const app = fastify({
    bodyLimit: largestBody,
    forceCloseConnections: true,
    requestTimeout: options.requestWithinMs,
    ...(options.tls === null ? { http: looking } : { https: { ...options.tls, ...looking } }),
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    // What is refused before it has met any hook.
    frameworkErrors: (error, _request, reply) =>
      sendProblem((reply as unknown as FastifyReply).headers(onEveryAnswer), faultOf(world, error)),
  });
  await app.register(cookie);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // A body that may be left out may be left out with its content type still named.
    if (body === '') done(null, undefined);
    else parseJson(request, body as string, done);
  });
  // As a request comes: an event stream takes its reply over, and has these from it.
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(onEveryAnswer);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, faultOf(world, error)));

  const document = openapiDocument(options.version);
  const handlers: Handlers<keyof Contract> = {
    ...sessionHandlers(world),
    ...accountHandlers(world),
    ...factorHandlers(world),
    ...ssoHandlers(world),
    ...auditHandlers(world),
    ...tokenHandlers(world),
    ...agentHandlers(world),
    ...serverHandlers(world, options.stopping),
    ...operationHandlers(world),
    ...templateHandlers(world),
    getSettings: async () => world.settings.now,
    changeSettings: async ({ body }, { caller }) => changeSettings(world, caller.name, body),
    ...notificationHandlers(world, options.stopping),
    streamChanges: async (_, context) => streamChanges(world, options.feed, context, options.stopping),
    openapi: async () => document,
    healthz: async () => ({ status: 'ok' }),
    readyz: async () => {
      await world.store.db.selectFrom('settings').select('key').limit(1).execute();
      return { status: 'ready' };
    },
  };
  for (const [name, route] of Object.entries(contract)) {
    bind(app, world, name, route as Route, handlers[name as keyof Contract] as Handler<Route>);
  }

  if (page !== null) {
    await app.register(files, {
      root: page,
      // The build puts compressed files beside the plain ones; nothing is compressed while somebody waits.
      preCompressed: true,
      setHeaders: (response, path) => {
        // What the build puts into assets/ has its hash in its name.
        response.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const asksPage = page !== null && request.method === 'GET' && !request.url.startsWith('/api/') && !request.url.startsWith('/assets/');
    if (asksPage) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return sendProblem(
      reply,
      new Fault(
        'not-found',
        `There is nothing at ${request.method} ${request.url.split('?')[0]}. The API is described at /api/openapi.json.`,
      ),
    );
  });
  return app;
}

/** What the framework throws, as ours; whatever is not expected is logged, once, here. */
function faultOf(world: World, error: unknown): Fault {
  if (error instanceof Fault) {
    if (error.code === 'internal') world.log.error({ error, internal: error.internal }, 'a request failed');
    return error;
  }
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Fault('payload-too-large', `A body may have ${largestBody / 1024} KiB at most.`);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Fault('unsupported-media-type', 'Send the body as application/json.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Fault('invalid-request', `The request cannot be read: ${message ?? 'not valid'}.`);
  }
  const unwritten = unwritableFault(error);
  if (unwritten !== null) {
    world.log.error({ error }, 'the record cannot be written');
    return unwritten;
  }
  world.log.error({ error }, 'a request broke');
  return new Fault('internal', 'Something broke on our side. The manager’s log says what.');
}
