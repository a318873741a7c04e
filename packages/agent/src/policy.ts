// The host's own policy: what a manager may ask of it. Whoever holds a manager, rightly or not, gets no further on this host
// than this says. Pure. What no policy can allow is not in it, because no message can ask for it: a path of the host, a
// privileged container, a device, the host's own networks or processes.

import { type Capability, capabilities, type Port } from '@mainstay/core/server';
import type { ContainerSpec, Effect, EffectOf } from '@mainstay/wire/link';
import { portNumber } from '@mainstay/wire/record';
import { z } from 'zod';
import { installerMemory } from './container.ts';
import { standsFor } from './image-pattern.ts';

/** A user that the record leaves to the image, as a policy writes it. */
const imagesOwn = 'image';

/** Each rule may be left out; what holds then lets every built-in template work. */
export const policyShape = z.strictObject({
  /** References that containers may be made of; `*` stands for any characters of one part (`image-pattern.ts`). */
  images: z.array(z.string().min(1)).default(['*']),
  /** The most that one container may be given; a record without a limit asks for more than any. null: as the record says. */
  memoryMb: z.int().min(6).nullable().default(null),
  cpus: z.number().min(0.01).nullable().default(null),
  /** Ports of the host that may be published. Those below are the host's own services' as a rule. */
  hostPorts: z
    .strictObject({ from: portNumber, to: portNumber })
    .refine(({ from, to }) => from <= to, '`from` must not be above `to`.')
    .default({ from: 1024, to: 65_535 }),
  capabilities: z.array(z.enum(capabilities)).default([...capabilities]),
  /** Users that programs may run as, exactly as a record writes them; `image`: the image's own; `*`: any. */
  users: z.array(z.string().min(1)).default(['*']),
  /** Whether scripts that come with a record may be run, each in a container. */
  installScripts: z.boolean().default(true),
});

export type Policy = z.output<typeof policyShape>;

export const defaultPolicy: Policy = policyShape.parse({});

/** A rule that does not allow it, and what was asked for, as a sentence's parts. */
export interface Refusal {
  readonly rule: keyof Policy;
  readonly detail: string;
}

/** @returns the first rule by which this is refused; null: it is allowed */
export function refusalOf(policy: Policy, effect: Effect): Refusal | null {
  const judge = judges[effect.action] as (policy: Policy, effect: Effect) => Refusal | null;
  return judge(policy, effect);
}

const allowed = (): null => null;

/** What each effect asks of the host. Those that ask for nothing new are always allowed: what runs can always be stopped. */
const judges = {
  'guard-data': (policy, { spec }) => judgeSpec(policy, spec),
  'ensure-image': (policy, { image }) => judgeImage(policy, image),
  'ensure-container': (policy, { spec }) => judgeSpec(policy, spec),
  'ensure-replacement': (policy, { spec }) => judgeSpec(policy, spec),
  'ensure-installed': judgeInstall,
  'edit-files': (policy, { user }) => (user === null ? null : judgeUser(policy, user)),
  'check-ports': allowed,
  'check-files': allowed,
  'ensure-running': allowed,
  'ensure-stopped': allowed,
  'ensure-absent': allowed,
  'ensure-archived': allowed,
  'ensure-data-back': allowed,
  'ensure-data-gone': allowed,
  'ensure-copied': allowed,
  'drop-copied': allowed,
  'swap-replacement': allowed,
  'drop-replacement': allowed,
  'ensure-only': allowed,
} as const satisfies { readonly [A in Effect['action']]: (policy: Policy, effect: EffectOf<A>) => Refusal | null };

function judgeSpec(policy: Policy, spec: ContainerSpec): Refusal | null {
  const { limits, ports, sandbox } = spec;
  return (
    judgeImage(policy, spec.image) ??
    judgeMemory(policy, limits.memoryMb) ??
    judgeCpus(policy, limits.cpus) ??
    firstOf(ports, (port) => judgePort(policy, port)) ??
    firstOf(sandbox.capAdd, (capability) => judgeCapability(policy, capability)) ??
    judgeUser(policy, sandbox.user)
  );
}

function judgeInstall(policy: Policy, { install, spec }: EffectOf<'ensure-installed'>): Refusal | null {
  if (!policy.installScripts) return { rule: 'installScripts', detail: 'an install script, and none may be run' };
  return (
    judgeSpec(policy, spec) ??
    judgeImage(policy, install.image) ??
    judgeMemory(policy, installerMemory(spec.limits.memoryMb)) ??
    judgeUser(policy, null)
  );
}

function judgeImage({ images }: Policy, image: string): Refusal | null {
  if (images.some((pattern) => standsFor(pattern, image))) return null;
  return { rule: 'images', detail: `the image ${image}; ${listed(images)}` };
}

function judgeMemory({ memoryMb: most }: Policy, wanted: number | null): Refusal | null {
  if (most === null || (wanted !== null && wanted <= most)) return null;
  return { rule: 'memoryMb', detail: `${wanted === null ? 'memory without a limit' : `${wanted} MiB of memory`}, and ${most} is the most` };
}

function judgeCpus({ cpus: most }: Policy, wanted: number | null): Refusal | null {
  if (most === null || (wanted !== null && wanted <= most)) return null;
  return { rule: 'cpus', detail: `${wanted === null ? 'CPU time without a limit' : `${wanted} cores`}, and ${most} is the most` };
}

function judgePort({ hostPorts: { from, to } }: Policy, { hostPort }: Port): Refusal | null {
  if (hostPort >= from && hostPort <= to) return null;
  return { rule: 'hostPorts', detail: `port ${hostPort}, and ${from} to ${to} are allowed` };
}

function judgeCapability({ capabilities: given }: Policy, capability: Capability): Refusal | null {
  if (given.includes(capability)) return null;
  return { rule: 'capabilities', detail: `the capability ${capability}; ${listed(given)}` };
}

function judgeUser({ users }: Policy, user: string | null): Refusal | null {
  if (users.includes('*') || users.includes(user ?? imagesOwn)) return null;
  return { rule: 'users', detail: `${user === null ? 'the image’s own user' : `the user ${user}`}; ${listed(users)}` };
}

function firstOf<T>(items: readonly T[], judge: (item: T) => Refusal | null): Refusal | null {
  for (const item of items) {
    const refusal = judge(item);
    if (refusal !== null) return refusal;
  }
  return null;
}

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none is allowed' : `allowed: ${items.join(', ')}`);
