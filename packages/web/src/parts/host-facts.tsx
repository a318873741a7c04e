// What a host told of its engine and its machine, as facts.

import type { Agent, HostPolicy } from '@mainstay/wire/agents';
import type { HostDisk } from '@mainstay/wire/disk';
import { hostText } from '../messages/hosts.ts';
import { text } from '../messages.ts';
import { sinceText } from '../ui/age.ts';
import { bytesText, memoryText } from '../ui/bytes.ts';
import { Meter } from '../ui/meter.tsx';
import { type Fact, Facts } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { clockSkewText, isSkewed } from './host-words.ts';

const terms = hostText.fact;

export function HostFacts({ agent }: { readonly agent: Agent }) {
  return (
    <div className="grid grid-cols-2 gap-x-8 gap-y-1.5 px-4 py-3 max-lg:grid-cols-1">
      <Facts facts={engineFacts(agent)} />
      <Facts facts={machineFacts(agent)} />
    </div>
  );
}

const ago = (at: number) => <Time at={at} words={(moment, now) => text.units.ago(sinceText(moment, now))} />;

function engineFacts({ online, engine, facts, servers, ports, lastHeardAt, createdAt }: Agent): Fact[] {
  // Of a host that is not heard it is not known whether its engine answers.
  const state = online ? (engine?.state ?? null) : null;
  return [
    {
      term: terms.engine,
      value: (
        <>
          {[facts?.engine?.version, engine === null ? hostText.engineNone : state === null ? undefined : hostText.engine[state]]
            .filter((part) => part !== undefined)
            .join(text.separator)}
          {engine?.detail ? <span className="block text-aside text-ink-soft">{engine.detail}</span> : null}
        </>
      ),
    },
    { term: terms.servers, value: servers },
    { term: terms.ports, value: `${ports.from}–${ports.to}` },
    { term: terms.heard, value: online ? hostText.heardNow : lastHeardAt === null ? text.hosts.neverHeard : ago(lastHeardAt) },
    { term: terms.joined, value: ago(createdAt) },
  ];
}

function machineFacts(agent: Agent): Fact[] {
  const { facts, clockSkewMs } = agent;
  if (facts === null) return [];
  const clock = <span className={isSkewed(agent) ? 'text-missing' : undefined}>{clockSkewText(clockSkewMs)}</span>;
  return [
    { term: terms.cores, value: facts.cpus },
    { term: terms.memory, value: memoryText(facts.memoryBytes) },
    { term: terms.disk, value: <Disk agent={agent} facts={facts} /> },
    { term: terms.root, value: <span className="font-mono text-[12.5px]">{facts.dataRoot}</span> },
    { term: terms.clock, value: clock },
    { term: terms.agent, value: facts.agentVersion },
    ...(facts.policy ? [{ term: terms.policy, value: <PolicyFact policy={facts.policy} /> }] : []),
  ];
}

/** What the host’s owner allows, by the rules that leave anything out. */
function PolicyFact({ policy }: { readonly policy: HostPolicy }) {
  return (
    <>
      {policy.own ? <span className="font-mono text-[12.5px]">{policy.path}</span> : hostText.policy.none}
      <span className="block text-aside text-ink-soft">{policyRules(policy).join(text.separator)}</span>
    </>
  );
}

function policyRules({ images, memoryMb, cpus, hostPorts, capabilities, users, installScripts }: HostPolicy): string[] {
  const words = hostText.policy;
  const all = (given: readonly string[]) => given.includes('*');
  return [
    all(images) ? words.anyImage : words.images(images.join(', ')),
    ...(memoryMb === null ? [] : [words.memory(memoryText(memoryMb * 1024 * 1024))]),
    ...(cpus === null ? [] : [words.cpus(cpus)]),
    words.ports(hostPorts.from, hostPorts.to),
    capabilities.length === 0 ? words.noCapabilities : words.capabilities(capabilities.join(', ')),
    ...(all(users) ? [] : [words.users(users.join(', '))]),
    ...(installScripts ? [] : [words.noScripts]),
  ];
}

function Disk({ agent: { disk, nearlyFull }, facts }: { readonly agent: Agent; readonly facts: NonNullable<Agent['facts']> }) {
  const { diskFreeBytes: free, diskTotalBytes: total } = facts;
  if (free === null || total === null || total === 0) return text.none;
  const words = hostText.disk(bytesText(free), bytesText(total));
  return (
    <>
      {words}
      <Meter label={hostText.diskUsed} words={words} share={1 - free / total} alarming={nearlyFull} />
      {disk === null ? null : <span className="block text-aside text-ink-soft">{diskText(disk)}</span>}
    </>
  );
}

/** What takes it: worlds, and what is kept of purged ones. */
function diskText({ serverBytes, trashBytes, archiveBytes }: HostDisk): string {
  const part = (words: (size: string) => string, bytes: number | null) => (bytes === null ? [] : [words(bytesText(bytes))]);
  return [...part(text.disk.servers, serverBytes), ...part(text.disk.trash, trashBytes), ...part(text.disk.archives, archiveBytes)].join(
    text.separator,
  );
}
