// Routes of the contract bound to handlers: the request's parts are validated by the contract's own schemas, the
// caller is known and may do it, and what a handler answers or throws becomes the response. Handlers parse and format nothing.

import type { Readable } from 'node:stream';
import { noAccess } from '@mainstay/core/access';
import { canonical } from '@mainstay/core/drift';
import { Fault, faults } from '@mainstay/core/fault';
import type { AnswerOf, Contract, ParsedOf, Route } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import { invalid, problemMediaType, toProblem } from '@mainstay/wire/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { refuseUnlessMay } from '../app/access.ts';
import type { AuditTarget } from '../app/audit.ts';
import type { Caller } from '../app/credentials.ts';
import type { Asker } from '../app/operations.ts';
import { waitForEnd } from '../app/operations.ts';
import { Sight } from '../app/sight.ts';
import type { World } from '../world.ts';
import { audit, type Known } from './audited.ts';
import { anybody, authenticate } from './authenticate.ts';

/** What a handler knows besides the parts of its request. */
export interface Context {
  /** Who asks; the empty name on routes that need nobody. */
  readonly caller: Caller;
  /** For routes that open an operation. */
  readonly asker: Asker;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** What the caller sees of the record. */
  sight(): Promise<Sight>;
  /** Says what the request is about, for the audit log, where neither its path nor its answer do. */
  about(target: AuditTarget): void;
}

/** A handler of one route. It answers the route's own shape; a stream takes the reply over and answers nothing, a download answers its bytes. */
export type Handler<R extends Route> = (
  parsed: ParsedOf<R>,
  context: Context,
) => Promise<R['kind'] extends 'stream' ? void : R['kind'] extends 'download' ? Readable : AnswerOf<R>>;

/** A handler for some of the contract's routes. */
export type Handlers<Name extends keyof Contract> = { readonly [N in Name]: Handler<Contract[N]> };

/** The longest that `Prefer: wait=N` waits, in seconds: proxies cut longer silences. */
const longestWaitSeconds = 60;

export function bind<R extends Route>(app: FastifyInstance, world: World, name: string, route: R, handler: Handler<R>): void {
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const known: { -readonly [Part in keyof Known]: Known[Part] } = { request, caller: null, params: null, about: null };
      const answering = async () => {
        known.caller = route.needs === 'none' ? anybody(request) : await authenticate(world, request);
        known.params = part(route.params, request.params, 'path');
        const { caller, params } = known;
        await refuseUnlessMay(world.store.db, caller, route.needs, params);
        const parsed = {
          params,
          query: part(route.query ?? nothing, request.query, 'query'),
          body: part(route.body ?? nothing, request.body === undefined ? {} : request.body, 'body'),
        } as ParsedOf<R>;
        const about = (target: AuditTarget) => {
          known.about = target;
        };
        const asker = askerOf(caller, idempotencyOf(world, request, route, parsed));
        const sight = () => Sight.of(world.store.db, caller.access);
        return handler(parsed, { caller, asker, sight, request, reply, about });
      };
      const answer = await answering().catch(async (error: unknown) => {
        await audit(world, name, route, known, { error });
        throw error;
      });
      await audit(world, name, route, known, { answer });
      if (route.kind === 'stream') return reply;
      if (route.kind === 'operation') return sendOperation(world, known.caller, request, reply, answer as Operation);
      if (route.status === 204) return reply.code(204).send();
      return reply.code(route.status).send(answer);
    },
  });
}

function askerOf({ name, access, bearer }: Caller, idempotency: Asker['idempotency']): Asker {
  const tokenId = bearer?.kind === 'token' ? bearer.credentialId : null;
  return { name, access, who: { accountId: bearer?.account?.id ?? null, tokenId }, idempotency };
}

/** What a route that takes nothing there takes: a field that nobody reads is a mistake to be told of. */
const nothing = z.strictObject({});

function part(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(parsed.error, where);
  return parsed.data;
}

async function sendOperation(
  world: World,
  caller: Caller | null,
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
): Promise<FastifyReply> {
  const sight = await Sight.of(world.store.db, caller?.access ?? noAccess);
  const seconds = preferredWait(request);
  reply.code(202).header('location', `/api/operations/${operation.id}`);
  if (seconds === null) return reply.send(sight.operation(operation));
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const ended = await waitForEnd(world, operation.id, seconds * 1000, gone.signal);
  return reply.header('preference-applied', `wait=${seconds}`).send(sight.operation(ended));
}

/** RFC 7240's `wait`, in seconds; another preference is none. */
function preferredWait(request: FastifyRequest): number | null {
  const header = String(request.headers['prefer'] ?? '');
  const found = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(header);
  return found ? Math.min(Number(found[1]), longestWaitSeconds) : null;
}

function idempotencyOf(
  world: World,
  request: FastifyRequest,
  route: Route,
  parsed: { params: unknown; body: unknown },
): Asker['idempotency'] {
  const key = request.headers['idempotency-key'];
  if (key === undefined || (route.kind !== 'operation' && route.kind !== 'bulk')) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new Fault('invalid-request', 'Idempotency-Key must be 1 to 200 visible ASCII characters.');
  }
  // A request may hold a secret: from what is kept of it nobody can try texts.
  return {
    key,
    hash: world.vault.fingerprint(`${route.method} ${route.path}\n${canonical(parsed.params ?? null)}\n${canonical(parsed.body ?? null)}`),
  };
}

/** Sends a fault as its problem document. */
export function sendProblem(reply: FastifyReply, fault: Fault): FastifyReply {
  const { retryAfterSeconds } = fault.extra;
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', String(retryAfterSeconds));
  if (fault.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="mainstay"');
  return reply
    .code(faults[fault.code].status)
    .type(problemMediaType)
    .send(JSON.stringify(toProblem(fault)));
}
