// What nobody should send: requests to every route made from the OpenAPI document, messages for every method of the link made from
// its schema, good ones and such as are bent; files that are traps; and an engine whose answers are.

import type { AgentId } from '@mainstay/core/id';
import type { Host } from '@mainstay/sim/host';
import { join as joinAsHost } from '@mainstay/sim/key';
import { contract, type Route } from '@mainstay/wire/contract';
import { agentMethods, agentNotifications, managerMethods, provePayload } from '@mainstay/wire/link';
import { problem, problemMediaType } from '@mainstay/wire/problem';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc/node';
import { z } from 'zod';
import { openManager } from '../../packages/agent/test/manager.ts';
import { createHost } from '../e2e/harness/host.ts';
import { note, ownDirectory } from '../e2e/harness/ledger.ts';
import { createOutside } from '../e2e/harness/outside.ts';
import { ownerCookie } from '../e2e/harness/person.ts';
import { sampleServer } from '../e2e/harness/sample.ts';
import { openSimulation, type Simulation } from '../e2e/harness/simulation.ts';
import { knock } from '../e2e/harness/stranger.ts';
import { until } from '../e2e/harness/until.ts';
import { type JsonSchema, misshapen, type Resolve, shaped } from './misshapen.ts';
import { changedBetween, RecordDigest } from './record-digest.ts';
import { scaled, scenario } from './scenario.ts';

const requests = scaled({ short: 1_100, all: 82_000 });
/** Requests under way side by side, where nothing is watched. */
const atOnce = 16;
/** Requests to each route whose refusal is held against the record. */
const watched = scaled({ short: 10, all: 100 });
const saidToManager = scaled({ short: 300, all: 10_000 });
const saidToAgent = scaled({ short: 150, all: 8_000 });

let simulation: Simulation;
let attic: AgentId;
let cookie: string;
let digest: RecordDigest;
beforeAll(async () => {
  simulation = await openSimulation({ hosts: ['attic', 'basement'], usageEveryMs: null });
  attic = (simulation.hosts[0] as Host).agentId;
  cookie = await ownerCookie(simulation.manager);
  digest = new RecordDigest(`${simulation.manager.home}/manager/mainstay.db`);
});
afterAll(async () => {
  digest.close();
  await simulation.close();
});

describe('the API', () => {
  scenario(
    {
      kind: 'input',
      done: `${requests.toLocaleString('en')} requests to all routes, made from the OpenAPI document, two thirds of them bent`,
      promised: `none is answered by 500 and the manager runs on; of the first ${watched} to each route, sent one by one, one that is refused changes nothing of the record`,
      limitMs: 900_000,
    },
    async (notes) => {
      notes.watch(simulation);
      const document = (await simulation.call(contract.openapi, {})) as unknown as Document;
      const resolve: Resolve = (reference) => document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
      const counts = { taken: 0, refused: 0 };
      const routes = Object.entries(contract) as [string, Route][];
      const each = Math.ceil(requests / routes.length);
      let server = await simulation.createAs(await sampleServer({ agentId: attic }));
      for (const [name, route] of routes) {
        const described = document.paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
        expect(described, `${name} is in the document`).toBeDefined();
        // What was asked of it may have been taken.
        const there = await simulation.server(server.id).catch(() => null);
        if (there?.state !== 'running') server = await simulation.createAs(await sampleServer({ agentId: attic }));
        const wanted = requestOf(described as Described, resolve, [server.id, ...simulation.hosts.map(({ agentId }) => agentId)]);
        await fc.assert(
          fc.asyncProperty(wanted, async (asked) => {
            counts[await sendWatched(route, asked)] += 1;
          }),
          { numRuns: watched, seed: 7 },
        );
        const rest = each > watched ? fc.sample(wanted, { numRuns: each - watched, seed: 8 }) : [];
        await Promise.all(
          Array.from({ length: atOnce }, async () => {
            for (let asked = rest.pop(); asked !== undefined; asked = rest.pop()) counts[(await send(route, asked)).how] += 1;
          }),
        );
      }
      expect(await simulation.call(contract.readyz, {})).toEqual({ status: 'ready' });
      expect(simulation.logs()).not.toContain('a request broke');
      notes.found(`${counts.taken.toLocaleString('en')} were taken, ${counts.refused.toLocaleString('en')} refused`);
    },
  );

  const nested = (open: string, depth: number) => open.repeat(depth);
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(', ')}]`),
  ].join('\n');
  const template = (server: string) => `name: Trap\nserver:\n  image: example/trap\n${server}`;
  const traps: Readonly<Record<string, string>> = {
    'a bomb of aliases': bomb,
    'an alias of itself': 'a: &a [*a]',
    'a merge of itself': 'a: &a\n  <<: *a\n',
    'a tag that makes an object': '!!js/function "function () { return 1 }"',
    'a tag that reads a file': 'name: !include /etc/passwd',
    'a hundred thousand brackets': nested('[', 100_000),
    'five hundred levels': Array.from({ length: 500 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
    'a key that is a prototype': '__proto__: {admin: true}\nname: x\nserver: {image: x}',
    'one key twice': 'name: a\nname: b\nserver: {image: x}',
    'a number without end': 'name: x\nserver: {image: x}\nversion: 1e999',
    'bytes that are no text': 'name: \u0000\u0001\ufffe',
    'a volume whose name climbs': template('  volumes: [{name: ../../etc, containerPath: /data}]'),
    'a volume at an absolute name of the host': template('  volumes: [{name: /etc, containerPath: /data}]'),
    'a file that climbs': template(
      '  volumes: [{name: world, containerPath: /data}]\nfiles: [{volume: world, path: ../../../etc/passwd, format: lines, set: {}}]',
    ),
    'a file with an absolute name': template(
      '  volumes: [{name: world, containerPath: /data}]\nfiles: [{volume: world, path: /etc/passwd, format: lines, set: {}}]',
    ),
    'a pattern that never ends': `${template('')}variables: [{name: X, label: x, type: text, pattern: "(a+)+$", default: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab}]`,
    'an egg that is no egg': '{"meta":{"version":"PTDL_v2"},"scripts":[],"variables":{"a":1}}',
    'JSON nested without end': `{"meta":${nested('{"a":', 20_000)}`,
  };
  scenario(
    {
      kind: 'input',
      done: `${Object.keys(traps).length} templates and eggs that are traps: alias bombs, tags, nesting, names that climb, and one of a megabyte`,
      promised: 'each is answered at once with what is wrong in it, nothing is made of it, and others are answered meanwhile',
    },
    async (notes) => {
      notes.watch(simulation);
      const before = digest.get();
      let slowest = 0;
      const harmless: string[] = [];
      const read = async (text: string) => {
        const began = performance.now();
        const response = await fetch(simulation.url + contract.readTemplate.path, {
          method: 'POST',
          headers: { authorization: `Bearer ${simulation.token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ text }),
        });
        const told = await response.json();
        slowest = Math.max(slowest, performance.now() - began);
        return { status: response.status, told };
      };
      for (const [what, text] of Object.entries(traps)) {
        const { status, told } = await read(text);
        expect({ what, status }).toEqual({ what, status: expect.toSatisfy((code: number) => code < 500) });
        if (status >= 400) continue;
        contract.readTemplate.answer.parse(told);
        harmless.push(what);
      }
      expect((await read('x'.repeat(1024 * 1024))).status).toBe(413);
      expect(changedBetween(before, digest.get())).toEqual([]);
      notes.found(`the slowest answer took ${Math.round(slowest)} ms; read as what it says: ${harmless.join(', ') || 'none'}`);
    },
  );

  /** The same, with nothing else under way: of what is refused nothing may have become of the record. */
  async function sendWatched(route: Route, asked: Asked): Promise<'taken' | 'refused'> {
    await until(
      'nothing under way',
      () => digest.open,
      (open) => open === 0,
      30_000,
    );
    const before = digest.get();
    const { how, text } = await send(route, asked);
    const changed = how === 'refused' ? changedBetween(before, digest.get()) : [];
    if (changed.length > 0 && digest.open === 0) throw new Error(`it was refused (${text}) and ${changed.join(', ')} changed`);
    return how;
  }

  /** Sends it and holds the answer against what is promised. */
  async function send(route: Route, { path, query, headers, body }: Asked): Promise<{ how: 'taken' | 'refused'; text: string }> {
    const filled = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(wellFormed(path[name])));
    const asking = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, wellFormed(value)]),
    ).toString();
    const response = await fetch(`${simulation.url}${filled}${asking === '' ? '' : `?${asking}`}`, {
      method: route.method,
      headers: {
        ...(route.needs === 'person' ? { cookie, 'sec-fetch-site': 'same-origin' } : { authorization: `Bearer ${simulation.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(30_000),
    });
    const streams = response.ok && (route.kind === 'stream' || route.kind === 'download');
    const text = streams ? '' : await response.text();
    if (streams) await response.body?.cancel();
    const { status } = response;
    if (status < 400) return { how: 'taken', text };
    if (status >= 500 || !response.headers.get('content-type')?.startsWith(problemMediaType)) {
      throw new Error(`${route.method} ${filled} ${body ?? ''} was answered ${status} ${text}`);
    }
    problem.parse(JSON.parse(text));
    return { how: 'refused', text };
  }
});

describe('the link', () => {
  scenario(
    {
      kind: 'input',
      done: `${saidToManager.toLocaleString('en')} messages of an agent that joined, made from the link’s schemas, two thirds of them bent`,
      promised: 'the manager runs on, answers none by a fault of its own, and nothing changes of the servers of other hosts',
      limitMs: 300_000,
    },
    async (notes) => {
      notes.watch(simulation);
      const server = await simulation.createAs(await sampleServer({ agentId: attic }));
      const { token } = await simulation.call(contract.createJoinToken, {});
      const identity = await joinAsHost(simulation.url, token, 'liar');
      const { facts } = await simulation.call(contract.getAgent, { params: { agentId: attic } });
      const prove = async () => {
        const liar = await knock(simulation);
        const { nonce } = await liar.hello(identity.agentId);
        await liar.prove(identity.key.sign(provePayload(identity.installationId, identity.agentId, nonce)), { facts });
        return liar;
      };
      let liar = await prove();
      let closed = false;
      const watch = () => void liar.closed.then(() => (closed = true));
      watch();
      const before = await simulation.server(server.id);
      const ids = [server.id, identity.agentId];
      const {
        'link.hello': hello,
        'link.prove': proof,
        ...later
      } = Object.fromEntries(Object.entries(managerMethods).map(([method, { params }]): [string, z.ZodType] => [method, params]));
      // One that has proven itself is cut off for doing so again, which would be all that is seen.
      const messages = fc.oneof(
        { weight: 19, arbitrary: methodsOf({ ...later, ...agentNotifications }, ids) },
        { weight: 1, arbitrary: methodsOf({ 'link.hello': hello as z.ZodType, 'link.prove': proof as z.ZodType }, ids) },
      );
      const counts = { taken: 0, refused: 0, closed: 0 };
      await fc.assert(
        fc.asyncProperty(messages, async ({ method, params }) => {
          if (closed) {
            liar = await prove();
            closed = false;
            watch();
            counts.closed += 1;
          }
          if (method in agentNotifications) return liar.connection.sendNotification(method, params);
          counts[await answered(liar.connection, method, params, liar.closed)] += 1;
        }),
        { numRuns: saidToManager, seed: 7 },
      );
      liar.close();
      expect(await simulation.call(contract.readyz, {})).toEqual({ status: 'ready' });
      expect(await simulation.server(server.id)).toMatchObject({
        state: before.state,
        containerId: before.containerId,
        revision: before.revision,
      });
      notes.found(`${counts.taken} were taken, ${counts.refused} refused, ${counts.closed} times the connection was closed on it`);
    },
  );

  scenario(
    {
      kind: 'input',
      done: `${saidToAgent.toLocaleString('en')} requests of a manager to a real agent, made from the link’s schemas, two thirds of them bent`,
      promised: 'the agent runs on, answers none by a fault of its own, and its host has no container of it',
      limitMs: 400_000,
    },
    async (notes) => {
      const manager = await openManager();
      note('installations', manager.knobs.installationId);
      const directory = ownDirectory('fuzzed-agent');
      const host = createHost({
        directory,
        name: 'fuzzed',
        managerUrl: manager.url,
        joinToken: manager.knobs.token,
        settings: { MAINSTAY_LOG: 'warn' },
      });
      const outside = createOutside();
      host.start();
      try {
        await until('the agent linked', () => manager.live);
        const serverIds = ['7b0c24d0-54c5-4c58-9d3d-0c3a3b1d5f10', '1d2f2f5c-3a9f-4c33-8e1e-6f6ad3f1a001'];
        const messages = methodsOf(
          Object.fromEntries(Object.entries(agentMethods).map(([method, { params }]) => [method, params])),
          serverIds,
        );
        const counts = { taken: 0, refused: 0, closed: 0 };
        const { connection, socket } = manager.live;
        const closed = new Promise<number>((resolve) => socket.once('close', resolve));
        await fc.assert(
          fc.asyncProperty(messages, async ({ method, params }) => {
            counts[await answered(connection, method, params, closed)] += 1;
          }),
          { numRuns: saidToAgent, seed: 7 },
        );
        expect(manager.live.connection).toBe(connection);
        expect(await outside.containersOfInstallation(manager.knobs.installationId)).toEqual([]);
        notes.found(`${counts.taken} were taken, ${counts.refused} refused`);
      } finally {
        await host.kill();
        await manager.close();
      }
    },
  );
});

/** What is asked of a route, before it is text. */
interface Asked {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: JsonSchema; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: JsonSchema } } };
}

interface Document {
  readonly paths: Record<string, Record<string, Described>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
}

/** One of three as the schema asks, the others bent. */
const perhapsBent = (good: fc.Arbitrary<unknown>) => fc.oneof(good, misshapen(good), misshapen(good));

function requestOf({ parameters = [], requestBody }: Described, resolve: Resolve, ids: readonly string[]): fc.Arbitrary<Asked> {
  const of = (place: string) => {
    const here = parameters.filter((parameter) => parameter.in === place);
    const known = Object.fromEntries(here.map(({ name, schema }) => [name, shaped(schema, resolve, ids)]));
    const good = fc.record(known, { requiredKeys: here.filter(({ required }) => required).map(({ name }) => name) });
    const sent = here.length === 0 ? fc.constant({}) : place === 'path' ? fc.oneof(good, good, misshapen(good)) : perhapsBent(good);
    return sent.map((each) => (typeof each === 'object' && each !== null ? (each as Record<string, unknown>) : {}));
  };
  const body =
    requestBody &&
    perhapsBent(shaped(requestBody.content['application/json'].schema, resolve, ids)).map((value) => JSON.stringify(value) ?? '');
  const cut = body && fc.tuple(body, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
  return fc.record({
    path: of('path'),
    query: of('query'),
    headers: fc.oneof(fc.constant({}), fc.constant({}), of('header')).map((headers) =>
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          wellFormed(value)
            .replace(/[^ -~]/g, '?')
            .slice(0, 4_000),
        ]),
      ),
    ),
    body: body && cut ? fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: cut }) : fc.constant(undefined),
  });
}

/** As it can be written into an address. */
const wellFormed = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')).toWellFormed();

function methodsOf(
  schemas: Readonly<Record<string, z.ZodType>>,
  ids: readonly string[],
): fc.Arbitrary<{ method: string; params: unknown }> {
  return fc.oneof(
    ...Object.entries(schemas).map(([method, schema]) => {
      const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
      const resolve: Resolve = (reference) =>
        reference === '#' ? described : (described.$defs?.[reference.split('/').at(-1) ?? ''] ?? {});
      return perhapsBent(shaped(described, resolve, ids)).map((params) => ({ method, params }));
    }),
  );
}

/** An answer takes no longer than this, or it is cancelled, which must be answered too. */
const patienceMs = 2_000;
const answerMs = 20_000;

/** @throws when the other end says that it is at fault itself, or says nothing */
async function answered(
  connection: MessageConnection,
  method: string,
  params: unknown,
  closed: Promise<unknown>,
): Promise<'taken' | 'refused' | 'closed'> {
  const cancelling = new CancellationTokenSource();
  const impatience = setTimeout(() => cancelling.cancel(), patienceMs);
  const over = Promise.withResolvers<never>();
  const late = setTimeout(() => over.reject(new Error(`${method} was never answered`)), answerMs);
  try {
    const answer = connection.sendRequest(method, params, cancelling.token).then(
      () => 'taken' as const,
      (error: { data?: { code?: string }; message: string }) => {
        if (error.data?.code === 'internal') throw new Error(`${method} broke: ${error.message}`);
        return 'refused' as const;
      },
    );
    return await Promise.race([answer, closed.then(() => 'closed' as const), over.promise]);
  } finally {
    clearTimeout(impatience);
    clearTimeout(late);
    over.promise.catch(() => undefined);
  }
}
