// One host: heard or not, its engine, its machine, its strays, and what can be done with it.

import type { Agent } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api.ts';
import { hostText } from '../messages/hosts.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { applyChanges } from '../queries.ts';
import { clockText, sinceText } from '../ui/age.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Shape } from '../ui/shape.tsx';
import { Time } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { refusalAt, useAccess } from './access.ts';
import { detailOf } from './act.ts';
import { silenceOfHost } from './hearing.ts';
import { HostDialog, type HostQuestion } from './host-dialogs.tsx';
import { HostDiskOverTime } from './host-disk.tsx';
import { HostFacts } from './host-facts.tsx';
import { HostStrays } from './host-strays.tsx';
import { HostTrash } from './host-trash.tsx';
import { stateFaces, unheardFace } from './state-faces.ts';

export function HostPanel({ agent }: { readonly agent: Agent }) {
  const [asking, setAsking] = useState<HostQuestion | null>(null);
  const sync = useMutation({
    mutationFn: () => call(contract.syncAgent, { params: { agentId: agent.id } }),
    onSuccess: ({ takenAt, servers, changed }) =>
      notify({
        tone: 'news',
        title: hostText.synced(agent.name, clockText(takenAt, Date.now())),
        detail: hostText.syncedDetail(text.servers.count(servers), changed),
      }),
    onError: (error) => notify({ tone: 'refusal', title: hostText.syncRefused, detail: detailOf(error) }),
  });
  const drain = useMutation({
    mutationFn: (draining: boolean) => call(contract.configureAgent, { params: { agentId: agent.id }, body: { draining } }),
    onSuccess: (configured) => applyChanges([{ event: null, agent: configured }]),
    onError: (error) => notify({ tone: 'refusal', title: hostText.drainRefused, detail: detailOf(error) }),
  });
  useAccess();
  const refusal = refusalAt('hosts', agent.id);
  const silent = silenceOfHost(agent) !== null;

  return (
    <section aria-label={agent.name} data-host={agent.id} className="rounded-panel border border-line bg-panel">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2.5">
        <h2 className="min-w-0 font-[600] wrap-anywhere">
          <Link {...paths.host(agent.id)} className="hover:underline">
            {agent.name}
          </Link>
        </h2>
        <span className="mr-auto flex flex-wrap items-center gap-x-2 text-aside">
          <span className={`inline-flex items-center gap-1.75 ${silent ? unheardFace.ink : stateFaces.running.ink}`}>
            <Shape name={silent ? unheardFace.shape : stateFaces.running.shape} />
            <Heard agent={agent} />
          </span>
          {agent.draining ? (
            <span className="text-missing" title={hostText.drainHint}>
              {text.hosts.draining}
            </span>
          ) : null}
        </span>
        {agent.engine?.state === 'other' ? (
          <Button kind="primary" size="small" refusal={refusal} onPress={() => setAsking('accept')}>
            {hostText.accept}
          </Button>
        ) : null}
        <Link {...paths.servers({ agentId: agent.id })} className={buttonClass({ size: 'small' })}>
          {hostText.seeServers}
        </Link>
        <Button
          size="small"
          refusal={refusalAt('operate', agent.id)}
          pending={sync.isPending}
          hint={hostText.syncHint}
          onPress={() => sync.mutate()}
        >
          {hostText.sync}
        </Button>
        <Button size="small" refusal={refusal} hint={hostText.renameHint} onPress={() => setAsking('rename')}>
          {hostText.rename}
        </Button>
        <Button
          size="small"
          refusal={refusal}
          pending={drain.isPending}
          hint={hostText.drainHint}
          onPress={() => drain.mutate(!agent.draining)}
        >
          {agent.draining ? hostText.undrain : hostText.drain}
        </Button>
        <Button kind="danger" size="small" refusal={refusal} onPress={() => setAsking('remove')}>
          {hostText.remove}
        </Button>
      </header>
      {agent.facts?.policy?.broken ? (
        <p role="alert" className="border-b border-failed-line bg-failed-panel px-4 py-2 wrap-anywhere">
          <strong className="font-[600] text-failed">{hostText.policy.broken(agent.facts.policy.path)}</strong> {agent.facts.policy.broken}
        </p>
      ) : null}
      <HostFacts agent={agent} />
      {agent.strays.length > 0 ? <HostStrays agent={agent} /> : null}
      <HostDiskOverTime agent={agent} />
      <HostTrash agent={agent} />
      {asking === null ? null : <HostDialog about={asking} agent={agent} onClose={() => setAsking(null)} />}
    </section>
  );
}

function Heard({ agent }: { readonly agent: Agent }) {
  const silence = silenceOfHost(agent);
  if (agent.engine && (silence === 'unreachable' || silence === 'other')) {
    return <Time at={agent.engine.since} words={(at, now) => text.hosts.silentEngine[silence](clockText(at, now))} />;
  }
  if (agent.online) return <Time at={agent.since} words={(at, now) => hostText.online(sinceText(at, now))} />;
  if (agent.lastHeardAt === null) return text.hosts.neverHeard;
  return <Time at={agent.lastHeardAt} words={(at, now) => text.hosts.away(clockText(at, now))} />;
}
