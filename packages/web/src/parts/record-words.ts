// The fields of a server's record in words, as they stand among its facts and in what a change of them makes.

import type { RecordField } from '@mainstay/core/drift';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { memoryText } from '../ui/bytes.ts';
import type { ConfigureBody } from './draft.ts';

/** A field as a record has it, or as a change asks for it. */
type Value<F extends RecordField> = Server[F] | Exclude<ConfigureBody[F], undefined>;

/** Every field but the environment, which is told variable by variable. */
export const recordWords = {
  name: (name) => name,
  image: (image) => image,
  command: (command) => (command === null ? text.server.imageCommand : command.join(' ')),
  ports: (ports) =>
    listed(ports.map(({ protocol, hostPort, containerPort }) => `${hostPort ?? text.form.hostPortFree}/${protocol} → ${containerPort}`)),
  volumes: (volumes) => listed(volumes.map(({ name, containerPath }) => `${name} → ${containerPath}`)),
  limits: ({ memoryMb, cpus }) =>
    [
      ...(typeof memoryMb === 'number' ? [text.server.memoryLimit(memoryText(memoryMb * 1024 * 1024))] : []),
      ...(typeof cpus === 'number' ? [text.units.cores(cpus)] : []),
    ].join(text.separator) || text.server.noLimits,
  stop: ({ signal, graceSeconds = 0 }) => text.server.stopping(signal ?? text.server.imageSignal, text.units.seconds(graceSeconds)),
  restart: (restart) => text.form.restartPolicies[restart],
  sandbox: ({ user = null, workingDir = null, tty, readOnlyRoot, tmpfs = [], capAdd = [] }) =>
    [
      ...(user === null ? [] : [text.server.asUser(user)]),
      ...(workingDir === null ? [] : [workingDir]),
      ...(tty ? [text.server.terminal] : []),
      ...(readOnlyRoot ? [text.server.readOnly] : []),
      ...tmpfs.map(({ containerPath, sizeMb }) => `${containerPath} ${memoryText(sizeMb * 1024 * 1024)}`),
      ...capAdd,
    ].join(text.separator) || text.server.asImage,
  ready: (ready) => (ready === null ? text.form.noReady : `“${ready.line}”`),
  install: (install) => (install === null ? text.settings.nothing : `${install.entrypoint} · ${install.image}`),
  files: (files) => listed(files.map(({ volume, path }) => `${volume}/${path}`)),
  retention: (retention) =>
    retention === null ? text.form.retentions.usual('').replace(/[:：]\s*$/, '') : text.form.kept(retention.hours),
  quota: (quota) =>
    quota === null ? text.disk.noQuota : text.disk.quota(memoryText(quota.dataMb * 1024 * 1024), quota.refuseStarts ?? false),
  console: (settings) =>
    settings.via === 'rcon' ? text.server.rcon(settings.containerPort, settings.passwordEnv) : text.server.consoles[settings.via],
} as const satisfies { readonly [F in Exclude<RecordField, 'env'>]: (value: Value<F>) => string };

function listed(items: readonly string[]): string {
  return items.length === 0 ? text.settings.nothing : items.join(', ');
}

/** What a change makes of the variables: the name of each that comes, goes or becomes another, and no value. */
export function envWords(before: Server['env'], after: NonNullable<ConfigureBody['env']>): string[] {
  const came = Object.keys(after).filter((name) => !Object.hasOwn(before, name));
  const went = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const altered = Object.keys(after).filter((name) => Object.hasOwn(before, name) && after[name] !== before[name]);
  return [...came.map(text.settings.added), ...went.map(text.settings.dropped), ...altered.map(text.settings.altered)];
}
