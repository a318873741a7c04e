// What a server used of its host over a span: three pictures, and the same in numbers beside them.

import type { Server } from '@mainstay/wire/servers';
import { type UsageSeries, type UsageSpan, usageSpans } from '@mainstay/wire/usage';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { usageSeriesQuery } from '../queries.ts';
import { axisText, clockText, exactText } from '../ui/age.ts';
import { buttonClass } from '../ui/button.tsx';
import { bytesText, memoryText } from '../ui/bytes.ts';
import { Chart, type ChartLine } from '../ui/chart.tsx';
import { useTicking } from '../ui/clock.ts';
import { Face } from '../ui/face.tsx';
import { Panel } from '../ui/panel.tsx';
import { type Columns, columnsOf, type Measure, measures, reaching, summaryOf } from '../usage-series.ts';
import { ServerDiskPanel } from './disk-panel.tsx';
import { NotThere } from './not-there.tsx';
import { coresText } from './usage-words.ts';

const spans = ['1h', '24h', '7d'] as const satisfies readonly UsageSpan[];

const perSecond = (bytes: number) => text.charts.perSecond(bytesText(bytes));
const words = {
  cores: coresText,
  memoryBytes: memoryText,
  receivedPerSecond: perSecond,
  sentPerSecond: perSecond,
} as const satisfies Record<Measure, (value: number) => string>;

/** The chart of an idle server is a line at the foot, in cores. */
const leastCores = 0.05;
/** And of a quiet network, in bytes a second. */
const leastTraffic = 1000;

/** Powers of two, so that the axis counts as memory is sold. */
const memorySteps = Array.from({ length: 34 }, (_, power) => 1024 * 2 ** power);

export function ChartsPanel({ server, span }: { readonly server: Server; readonly span: UsageSpan }) {
  const asked = useQuery(usageSeriesQuery(server.id, span));
  const { data: series, error } = asked;
  return (
    <div className="flex flex-col gap-4">
      <nav aria-label={text.charts.span} className="flex gap-1.5">
        {spans.map((each) => (
          <Link
            key={each}
            {...paths.serverCharts(server.id, each)}
            replace
            activeOptions={{ exact: true }}
            className={`${buttonClass({ size: 'small' })} aria-[current=page]:border-ink`}
          >
            {text.charts.spans[each]}
          </Link>
        ))}
      </nav>
      {series === undefined ? (
        <NotThere loading={text.charts.loading} broken={text.charts.broken} asked={[asked]} />
      ) : series.samples.length === 0 ? (
        <Face title={text.charts.empty}>
          <p>{server.state === 'running' ? text.charts.emptyRunning : text.charts.emptyResting}</p>
        </Face>
      ) : (
        <Charts server={server} series={series} />
      )}
      {/* Below what is decided already: what still loads above would push it about. */}
      {server.volumes.length === 0 || (series === undefined && !error) ? null : <ServerDiskPanel server={server} />}
    </div>
  );
}

function Charts({ server, series }: { readonly server: Server; readonly series: UsageSeries }) {
  // The window moves on by itself, a step at a time, also when nothing new comes: a server that ended leaves a gap.
  const { stepMs } = series;
  const end = Number(useTicking((now) => String(Math.ceil(now / stepMs) * stepMs)));
  const range = [(end - usageSpans[series.span].keepMs) / 1000, end / 1000] as const;
  const columns = useMemo(() => reaching(columnsOf(series, measures), range[0], range[1]), [series, range[0], range[1]]);
  const shared = {
    at: columns.at,
    range,
    group: server.id,
    timeLabel: text.charts.at,
    time: (seconds: number) => axisText(seconds * 1000, series.span === '7d'),
    exactTime: (seconds: number) => clockText(seconds * 1000, end),
  };
  const line = (measure: Measure, label: string, ink: string): ChartLine => ({ label, ink, values: columns[measure] });
  const { memoryMb, cpus } = server.limits;
  const label = (title: string, measure: Measure) => text.charts.picture(title, summarySentence(series, measure));

  return (
    <div className="grid grid-cols-[minmax(0,1fr)_20rem] items-start gap-4 max-xl:grid-cols-1">
      <div className="flex min-w-0 flex-col gap-4">
        <Panel title={text.charts.cpu}>
          <Chart
            {...shared}
            label={label(text.charts.cpu, 'cores')}
            words={coresText}
            least={leastCores}
            lines={[line('cores', text.charts.cpu, 'accent'), ...limitLine(columns, cpus)]}
          />
        </Panel>
        <Panel title={text.charts.memory}>
          <Chart
            {...shared}
            label={label(text.charts.memory, 'memoryBytes')}
            words={memoryText}
            steps={memorySteps}
            lines={[
              line('memoryBytes', text.charts.memory, 'running'),
              ...limitLine(columns, memoryMb === null ? null : memoryMb * 1024 * 1024),
            ]}
          />
        </Panel>
        <Panel title={text.charts.network}>
          <Chart
            {...shared}
            label={label(text.charts.network, 'receivedPerSecond')}
            words={perSecond}
            least={leastTraffic}
            lines={[
              line('receivedPerSecond', text.charts.received, 'accent'),
              { ...line('sentPerSecond', text.charts.sent, 'missing'), dashed: true },
            ]}
          />
        </Panel>
      </div>
      <Numbers series={series} />
    </div>
  );
}

function limitLine({ at }: Columns, limit: number | null): ChartLine[] {
  return limit === null ? [] : [{ label: text.charts.limit, ink: 'failed', dashed: true, values: at.map(() => limit) }];
}

function summarySentence({ samples }: UsageSeries, measure: Measure): string {
  const summary = summaryOf(samples, measure);
  if (summary === null) return text.charts.unmeasured;
  const say = words[measure];
  return text.charts.summary(say(summary.latest), say(summary.average), say(summary.peak));
}

function Numbers({ series }: { readonly series: UsageSeries }) {
  const headClass = 'pb-1.5 text-right text-small font-[500] text-ink-faint first:text-left';
  return (
    <Panel title={text.charts.numbers}>
      <table className="w-full">
        <caption className="sr-only">{text.charts.numbersOf(text.charts.spans[series.span])}</caption>
        <thead>
          <tr>
            <th scope="col" className={headClass}>
              <span className="sr-only">{text.charts.measure}</span>
            </th>
            <th scope="col" className={headClass}>
              {text.charts.latest}
            </th>
            <th scope="col" className={headClass}>
              {text.charts.average}
            </th>
            <th scope="col" className={headClass}>
              {text.charts.peak}
            </th>
          </tr>
        </thead>
        <tbody>
          {measures.map((measure) => {
            const summary = summaryOf(series.samples, measure);
            const say = words[measure];
            const cell = (value: number | undefined, title?: string) => (
              <td title={title} className="border-t border-line py-1.5 pl-2 text-right text-aside whitespace-nowrap">
                {value === undefined ? text.none : say(value)}
              </td>
            );
            return (
              <tr key={measure}>
                <th scope="row" className="border-t border-line py-1.5 text-left text-aside font-normal text-ink-soft">
                  {text.charts.measures[measure]}
                </th>
                {cell(summary?.latest)}
                {cell(summary?.average)}
                {cell(summary?.peak, summary ? exactText(summary.peakAt) : undefined)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
