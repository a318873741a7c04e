// What worlds took of the disk over time, of one server by volume and of a host by what takes it. Loaded with the charts.

import type { Agent } from '@mainstay/wire/agents';
import { type DiskSpan, diskSpans } from '@mainstay/wire/disk';
import type { Server } from '@mainstay/wire/servers';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { text } from '../messages.ts';
import { hostDiskQuery, serverDiskQuery } from '../queries.ts';
import { axisText, clockText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { bytesText } from '../ui/bytes.ts';
import { Chart, type ChartLine } from '../ui/chart.tsx';
import { useTicking } from '../ui/clock.ts';
import { Panel } from '../ui/panel.tsx';
import { columnsOf, reaching } from '../usage-series.ts';
import { detailOf } from './act.ts';

const spans = ['7d', '1y'] as const satisfies readonly DiskSpan[];
/** Inks of lines that stand beside each other; a further one is dashed. */
const inks = ['accent', 'running', 'missing', 'failed'] as const;
/** A small world is a line at the foot. */
const leastBytes = 1_000_000;

export function ServerDiskPanel({ server }: { readonly server: Server }) {
  const [span, setSpan] = useState<DiskSpan>('7d');
  const series = useQuery(serverDiskQuery(server.id, span));
  return (
    <Panel title={text.disk.title}>
      <Spans span={span} onChange={setSpan} />
      <Loaded query={series}>
        {({ stepMs, samples }) => (
          <SizeChart
            {...{ span, stepMs }}
            subject={server.name}
            samples={samples.map(({ at, volumes }) => ({ at, ...volumes }))}
            names={[...new Set(samples.flatMap(({ volumes }) => Object.keys(volumes)))].sort()}
            label={(name) => name}
          />
        )}
      </Loaded>
    </Panel>
  );
}

/** What is free would press these to the floor of the picture; it stands in words above it. */
const hostParts = ['serverBytes', 'trashBytes', 'archiveBytes'] as const;

export function HostDiskPanel({ agent }: { readonly agent: Agent }) {
  const [span, setSpan] = useState<DiskSpan>('7d');
  const series = useQuery(hostDiskQuery(agent.id, span));
  return (
    <div className="mt-3">
      <Spans span={span} onChange={setSpan} />
      <Loaded query={series}>
        {({ stepMs, samples }) => (
          <SizeChart {...{ span, stepMs, samples }} subject={agent.name} names={hostParts} label={(part) => text.disk.parts[part]} />
        )}
      </Loaded>
    </div>
  );
}

function Spans({ span, onChange }: { readonly span: DiskSpan; readonly onChange: (span: DiskSpan) => void }) {
  return (
    <fieldset aria-label={text.charts.span} className="mb-2 flex gap-1.5">
      {spans.map((each) => (
        <Button key={each} size="small" pressed={each === span} onPress={() => onChange(each)}>
          {text.disk.spans[each]}
        </Button>
      ))}
    </fieldset>
  );
}

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

function Loaded<T extends { readonly samples: readonly unknown[] }>({ query: { data, error, refetch }, children }: LoadedProps<T>) {
  if (data === undefined && error) {
    return (
      <p role="alert" className="text-ink-soft">
        {detailOf(error)}{' '}
        <Button size="small" onPress={() => void refetch()}>
          {text.retry}
        </Button>
      </p>
    );
  }
  if (data === undefined) return <p className="text-ink-faint">{text.charts.loading}</p>;
  return data.samples.length === 0 ? <p className="text-ink-soft">{text.disk.unmeasured}</p> : children(data);
}

interface SizeChartProps<N extends string> {
  readonly subject: string;
  readonly span: DiskSpan;
  readonly stepMs: number;
  readonly samples: readonly ({ readonly at: number } & { readonly [M in N]?: number | null })[];
  readonly names: readonly N[];
  readonly label: (name: N) => string;
}

function SizeChart<N extends string>({ subject, span, stepMs, samples, names, label }: SizeChartProps<N>) {
  const end = Number(useTicking((now) => String(Math.ceil(now / stepMs) * stepMs)));
  const from = (end - diskSpans[span].keepMs) / 1000;
  const columns = useMemo(() => reaching(columnsOf({ stepMs, samples }, names), from, end / 1000), [samples, names, stepMs, from, end]);
  const newest = samples.at(-1);
  const size = (name: N) => {
    const bytes: number | null | undefined = newest?.[name];
    return text.disk.latest(label(name), typeof bytes === 'number' ? bytesText(bytes) : text.none);
  };
  const lines = names.map(
    (name, at): ChartLine => ({
      label: label(name),
      ink: inks[at % inks.length] ?? 'accent',
      dashed: at >= inks.length,
      values: columns[name],
    }),
  );
  return (
    <>
      <Chart
        label={text.charts.picture(text.disk.title, names.map(size).join(', '))}
        at={columns.at}
        range={[from, end / 1000]}
        group={`disk ${subject}`}
        timeLabel={text.charts.at}
        time={(seconds) => axisText(seconds * 1000, true)}
        exactTime={(seconds) => clockText(seconds * 1000, end)}
        words={bytesText}
        least={leastBytes}
        lines={lines}
      />
      <p className="mt-1 text-aside text-ink-soft">{names.map(size).join(text.separator)}</p>
    </>
  );
}
