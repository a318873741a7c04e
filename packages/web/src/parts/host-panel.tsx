// One host: heard or not, its engine, its machine, its strays, and what can be done with it.

import type { Agent } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { applyChanges } from '../queries.ts';
import { clockText, sinceText } from '../ui/age.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { bytesText, memoryText } from '../ui/bytes.ts';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { type Fact, Facts } from '../ui/panel.tsx';
import { Shape } from '../ui/shape.tsx';
import { Time } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { detailOf } from './act.ts';
import { silenceOfHost } from './hearing.ts';
import { stateFaces, unheardFace } from './state-faces.ts';

export function HostPanel({ agent }: { readonly agent: Agent }) {
  const [asking, setAsking] = useState<'remove' | 'accept' | null>(null);
  const close = () => setAsking(null);
  const sync = useMutation({
    mutationFn: () => call(contract.syncAgent, { params: { agentId: agent.id } }),
    onSuccess: ({ takenAt, servers, changed }) =>
      notify({
        tone: 'news',
        title: text.hosts.synced(agent.name, clockText(takenAt, Date.now())),
        detail: text.hosts.syncedDetail(text.servers.count(servers), changed),
      }),
    onError: (error) => notify({ tone: 'refusal', title: text.hosts.syncRefused, detail: detailOf(error) }),
  });
  const accept = useMutation({
    mutationFn: () => call(contract.acceptEngine, { params: { agentId: agent.id } }),
    onSuccess: (accepted) => applyChanges([{ event: null, agent: accepted }]),
    onError: (error) => notify({ tone: 'refusal', title: text.hosts.acceptRefused, detail: detailOf(error) }),
    onSettled: close,
  });
  const remove = useMutation({
    mutationFn: () => call(contract.removeAgent, { params: { agentId: agent.id } }),
    onError: (error) => notify({ tone: 'refusal', title: text.hosts.removeRefused, detail: detailOf(error) }),
    onSettled: close,
  });
  const silent = silenceOfHost(agent) !== null;

  return (
    <section aria-label={agent.name} data-host={agent.id} className="rounded-panel border border-line bg-panel">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2.5">
        <h2 className="font-[600]">
          <Link {...paths.host(agent.id)} className="hover:underline">
            {agent.name}
          </Link>
        </h2>
        <span className={`mr-auto inline-flex items-center gap-1.75 text-aside ${silent ? unheardFace.ink : stateFaces.running.ink}`}>
          <Shape name={silent ? unheardFace.shape : stateFaces.running.shape} />
          <Heard agent={agent} />
        </span>
        {agent.engine?.state === 'other' ? (
          <Button kind="primary" size="small" onPress={() => setAsking('accept')}>
            {text.hosts.accept}
          </Button>
        ) : null}
        <Link {...paths.servers({ agentId: agent.id })} className={buttonClass({ size: 'small' })}>
          {text.hosts.seeServers}
        </Link>
        <Button size="small" pending={sync.isPending} hint={text.hosts.syncHint} onPress={() => sync.mutate()}>
          {text.hosts.sync}
        </Button>
        <Button
          kind="danger"
          size="small"
          refusal={agent.servers > 0 ? text.hosts.removeFull(text.servers.count(agent.servers)) : null}
          onPress={() => setAsking('remove')}
        >
          {text.hosts.remove}
        </Button>
      </header>
      <div className="grid grid-cols-2 gap-x-8 gap-y-1.5 px-4 py-3 max-lg:grid-cols-1">
        <Facts facts={engineFacts(agent)} />
        <Facts facts={machineFacts(agent)} />
      </div>
      {agent.strays.length > 0 ? <Strays agent={agent} /> : null}
      {asking === 'remove' ? (
        <Dialog alert title={text.hosts.removeTitle(agent.name)} onClose={close}>
          <DialogText>{text.hosts.removeDetail}</DialogText>
          <DialogButtons>
            <Button onPress={close}>{text.cancel}</Button>
            <Button kind="danger" pending={remove.isPending} onPress={() => remove.mutate()}>
              {text.hosts.removeConfirm}
            </Button>
          </DialogButtons>
        </Dialog>
      ) : null}
      {asking === 'accept' ? (
        <Dialog alert title={text.hosts.acceptTitle(agent.name)} onClose={close}>
          <DialogText>{text.hosts.acceptDetail}</DialogText>
          <DialogText>{text.hosts.acceptMeans}</DialogText>
          <DialogButtons>
            <Button onPress={close}>{text.cancel}</Button>
            <Button kind="primary" pending={accept.isPending} onPress={() => accept.mutate()}>
              {text.hosts.acceptConfirm}
            </Button>
          </DialogButtons>
        </Dialog>
      ) : null}
    </section>
  );
}

function Heard({ agent }: { readonly agent: Agent }) {
  const silence = silenceOfHost(agent);
  if (agent.engine && (silence === 'unreachable' || silence === 'other')) {
    return <Time at={agent.engine.since} words={(at, now) => text.hosts.silentEngine[silence](clockText(at, now))} />;
  }
  if (agent.online) return <Time at={agent.since} words={(at, now) => text.hosts.online(sinceText(at, now))} />;
  if (agent.lastHeardAt === null) return text.hosts.neverHeard;
  return <Time at={agent.lastHeardAt} words={(at, now) => text.hosts.away(clockText(at, now))} />;
}

const terms = text.hosts.fact;

function engineFacts({ online, engine, facts, servers, ports }: Agent): Fact[] {
  // Of a host that is not heard it is not known whether its engine answers.
  const state = online ? (engine?.state ?? null) : null;
  return [
    {
      term: terms.engine,
      value: (
        <>
          {[facts?.engine?.version, engine === null ? text.hosts.engineNone : state === null ? undefined : text.hosts.engine[state]]
            .filter((part) => part !== undefined)
            .join(text.separator)}
          {engine?.detail ? <span className="block text-aside text-ink-soft">{engine.detail}</span> : null}
        </>
      ),
    },
    { term: terms.servers, value: servers },
    { term: terms.ports, value: `${ports.from}–${ports.to}` },
  ];
}

function machineFacts({ facts, createdAt }: Agent): Fact[] {
  const joined: Fact = { term: terms.joined, value: <Time at={createdAt} words={(at, now) => text.units.ago(sinceText(at, now))} /> };
  if (facts === null) return [joined];
  const { diskFreeBytes: free, diskTotalBytes: total } = facts;
  return [
    { term: terms.cores, value: facts.cpus },
    { term: terms.memory, value: memoryText(facts.memoryBytes) },
    { term: terms.disk, value: free === null || total === null ? text.none : text.hosts.disk(bytesText(free), bytesText(total)) },
    { term: terms.root, value: <span className="font-mono text-[12.5px]">{facts.dataRoot}</span> },
    { term: terms.agent, value: facts.agentVersion },
    joined,
  ];
}

function Strays({ agent }: { readonly agent: Agent }) {
  return (
    <div className="border-t border-line px-4 py-3">
      <h3 className="text-aside font-[550] text-missing">{text.hosts.strays}</h3>
      <p className="text-aside text-ink-soft">{text.hosts.straysDetail}</p>
      <ul className="mt-1 font-mono text-[12.5px]">
        {agent.strays.map(({ containerId, name }) => (
          <li key={containerId}>
            {containerId.slice(0, 12)} {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
