// A server's record as facts.

import { type Quota, quotaBytes } from '@mainstay/core/disk';
import { canonical } from '@mainstay/core/drift';
import { plainSandbox } from '@mainstay/core/server';
import type { Server } from '@mainstay/wire/servers';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { dayText, sinceText } from '../ui/age.ts';
import { bytesText } from '../ui/bytes.ts';
import { Copy } from '../ui/copy.tsx';
import { Meter } from '../ui/meter.tsx';
import { type Fact, Facts } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { recordWords } from './record-words.ts';
import { ServerAddress } from './server-address.tsx';
import { ServerData } from './server-data.tsx';
import { ServerCpu, ServerMemory } from './server-usage.tsx';
import { TemplateLine } from './template-line.tsx';
import { usageNow } from './usage-words.ts';

/** From here on the bar tells that little is left. */
const closeToQuota = 0.9;

const terms = text.server.fact;
const mono = (value: string) => <span className="font-mono text-[12.5px]">{value}</span>;
const lines = (values: readonly string[]) => (
  <ul>
    {values.map((value) => (
      <li key={value}>{mono(value)}</li>
    ))}
  </ul>
);
const ago = (at: number) => <Time at={at} words={(moment, now) => text.server.ago(sinceText(moment, now))} />;

export function ServerFacts({ server }: { readonly server: Server }) {
  return <Facts facts={factsOf(server)} />;
}

function factsOf(server: Server): Fact[] {
  const env = Object.entries(server.env);
  const fact = (key: keyof typeof terms, value: ReactNode): Fact => ({ term: terms[key], value });
  return [
    fact('addresses', <ServerAddress server={server} />),
    fact(
      'host',
      <Link {...paths.host(server.agentId)} className="underline-offset-3 hover:underline">
        {server.host.name}
      </Link>,
    ),
    fact('usage', <UsageFact server={server} />),
    fact('data', <DataFact server={server} />),
    ...(server.purgeAt === null ? [] : [fact('purge', <Time at={server.purgeAt} words={dayText} />)]),
    ...(server.template === null ? [] : [fact('template', <TemplateLine template={server.template} />)]),
    fact('image', mono(server.image)),
    fact('command', server.command === null ? recordWords.command(null) : mono(recordWords.command(server.command))),
    fact('env', env.length === 0 ? text.server.noEnv : lines(env.map(([name, value]) => `${name}=${value ?? text.server.secret}`))),
    fact('volumes', server.volumes.length === 0 ? text.data.noVolumes : lines(server.volumes.map((volume) => volumeText(server, volume)))),
    ...(server.quota === null ? [] : [fact('quota', <QuotaFact server={server} quota={server.quota} />)]),
    fact('limits', recordWords.limits(server.limits)),
    fact('stop', stopText(server)),
    fact('restart', recordWords.restart(server.restart)),
    fact('console', recordWords.console(server.console)),
    ...(canonical(server.sandbox) === canonical(plainSandbox) ? [] : [fact('sandbox', recordWords.sandbox(server.sandbox))]),
    ...(server.install === null ? [] : [fact('install', mono(recordWords.install(server.install)))]),
    ...(server.files.length === 0 ? [] : [fact('files', lines(server.files.map(({ volume, path }) => `${volume}/${path}`)))]),
    fact(
      'container',
      server.containerId === null ? text.server.noContainer : <Copy copied={server.containerId} shown={server.containerId.slice(0, 12)} />,
    ),
    fact('seen', server.seenAt === null ? text.server.never : ago(server.seenAt)),
    fact('created', ago(server.createdAt)),
    fact('id', <Copy copied={server.id} />),
  ];
}

/** With what it takes of the disk, where that was measured. */
function volumeText({ volumeBytes }: Server, { name, containerPath }: Server['volumes'][number]): string {
  const bytes = volumeBytes?.[name];
  return [`${name} → ${containerPath}`, ...(bytes === undefined ? [] : [bytesText(bytes)])].join(text.separator);
}

function QuotaFact({ server, quota }: { readonly server: Server; readonly quota: Quota }) {
  const words = recordWords.quota(quota);
  if (server.dataBytes === null) return words;
  const share = server.dataBytes / quotaBytes(quota);
  return (
    <>
      {words}
      <Meter label={text.disk.quotaUsed} words={text.disk.share(share)} share={share} alarming={share > closeToQuota} />
    </>
  );
}

function stopText({ stop, console }: Server): string {
  const bySignal = recordWords.stop(stop);
  return console.via === 'none' || console.stopCommand === null ? bySignal : text.server.stoppingBy(console.stopCommand, bySignal);
}

function UsageFact({ server }: { readonly server: Server }) {
  if (usageNow(server) === null) return text.none;
  return (
    <Link {...paths.serverCharts(server.id)} className="underline-offset-3 hover:underline">
      <ServerCpu server={server} /> {text.servers.columns.cpu}
      {text.separator}
      <ServerMemory server={server} />
    </Link>
  );
}

function DataFact({ server }: { readonly server: Server }) {
  return (
    <span>
      <ServerData server={server} />
      {server.dataSeenAt === null || server.volumes.length === 0 ? null : (
        <span className="text-ink-faint">
          {text.separator}
          {text.data.lookedAt.toLowerCase()} {ago(server.dataSeenAt)}
        </span>
      )}
    </span>
  );
}
