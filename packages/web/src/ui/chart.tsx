// Lines over time, drawn by uPlot in the page's own inks. What it shows stands in words beside it; the picture is for
// eyes, and says in a sentence what it is.

import { useEffect, useRef } from 'react';
import Plot, { type AlignedData } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { inkOf, useIsDark } from './ink.ts';

export interface ChartLine {
  readonly label: string;
  /** A colour token. */
  readonly ink: string;
  readonly dashed?: boolean;
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What a screen reader says of the picture. */
  readonly label: string;
  /** Seconds UTC. */
  readonly at: readonly (number | null)[];
  readonly lines: readonly ChartLine[];
  /** Seconds UTC, both ends. */
  readonly range: readonly [number, number];
  /** A value in words, on the axis and under the pointer. */
  readonly words: (value: number) => string;
  readonly time: (seconds: number) => string;
  readonly exactTime: (seconds: number) => string;
  /** Steps that the axis may count in. */
  readonly steps?: readonly number[];
  /** The axis is at least this high: what is next to nothing looks like it. */
  readonly least?: number;
  /** What stands before the time under the pointer. */
  readonly timeLabel: string;
  /** Charts of one group share their pointer. */
  readonly group: string;
}

const height = 168;
const axisWidth = 72;
const frameClass =
  'min-w-0 overflow-hidden text-small [&_.u-hz_.u-cursor-x]:border-ink-faint [&_.u-hz_.u-cursor-y]:border-transparent [&_.u-legend]:mt-1 [&_.u-legend]:text-small! [&_.u-legend_th]:font-normal! [&_.u-legend_th]:text-ink-soft';

export function Chart(props: ChartProps) {
  const { label, at, lines, range } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const dark = useIsDark();
  const shape = lines.map(({ label: name, ink, dashed }) => `${name} ${ink} ${dashed}`).join();

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const drawn = new Plot(optionsOf(element, latest), dataOf(latest.current), element);
    plot.current = drawn;
    const watcher = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [shape, dark]);

  useEffect(() => {
    plot.current?.setData(dataOf(latest.current));
  }, [at, lines, range[0], range[1]]);

  return <div ref={box} role="img" aria-label={label} className={frameClass} style={{ minHeight: height + 28 }} />;
}

function dataOf({ at, lines }: ChartProps): AlignedData {
  return [at as number[], ...lines.map(({ values }) => values as (number | null)[])];
}

/** Only a value with nothing on either side is drawn as a point: no line would show it. */
function lonely(plot: Plot, line: number): number[] {
  const values = plot.data[line] ?? [];
  const isNone = (at: number) => values[at] === null || values[at] === undefined;
  return [...values.keys()].filter((at) => !isNone(at) && isNone(at - 1) && isNone(at + 1));
}

function optionsOf(box: HTMLElement, latest: { readonly current: ChartProps }): Plot.Options {
  const { lines, group, steps } = latest.current;
  const ink = (token: string) => inkOf(box, token);
  const font = `11px ${getComputedStyle(box).fontFamily}`;
  const axis = { stroke: ink('ink-faint'), font, ticks: { show: false }, grid: { stroke: ink('line'), width: 1 } };
  return {
    width: box.clientWidth,
    height,
    cursor: { sync: { key: group }, drag: { x: false, y: false }, points: { size: 6 } },
    legend: { live: true, markers: { width: 2 } },
    scales: {
      x: { time: true, range: () => [...latest.current.range] },
      y: { range: (_plot, _min, max) => [0, Math.max((max ?? 0) * 1.08, latest.current.least ?? 1)] },
    },
    axes: [
      { ...axis, size: 26, space: 72, values: (_plot, splits) => splits.map((seconds) => latest.current.time(seconds)) },
      {
        ...axis,
        size: axisWidth,
        space: 34,
        ...(steps ? { incrs: [...steps] } : {}),
        values: (_plot, splits) => splits.map((value) => latest.current.words(value)),
      },
    ],
    series: [
      { label: latest.current.timeLabel, value: (_plot, seconds) => (seconds === null ? '' : latest.current.exactTime(seconds)) },
      ...lines.map(({ label, ink: token, dashed }) => ({
        label,
        stroke: ink(token),
        width: dashed ? 1 : 1.5,
        spanGaps: false,
        ...(dashed ? { dash: [5, 4], points: { show: false } } : { points: { show: true, size: 4, filter: lonely } }),
        value: (_plot: Plot, value: number | null) => (value === null ? '–' : latest.current.words(value)),
      })),
    ],
  };
}
