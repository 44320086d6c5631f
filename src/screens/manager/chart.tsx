import { useEffect, useId, useRef, type ReactElement } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { t } from '../i18n/words.tsx';
import { Num } from '../ui/marks.tsx';
import { ageText, clockText } from '../ui/time.ts';
import type { Outage } from './board.ts';

/**
 * A line chart of the last hour: at most three series, told apart by their dashes as well as their colours; a gap is a
 * gap. The picture is mute: its figures of now stand beside its name.
 */

export type Line = {
  readonly name: string;
  readonly values: readonly (number | null)[];
};

const NONE: readonly Outage[] = [];

const LOOKS = [
  { color: '--c-1', dash: [], width: 2.5 },
  { color: '--c-2', dash: [7, 3], width: 2.5 },
  { color: '--c-4', dash: [2, 3], width: 1.8 },
] as const;

export function Chart({
  title,
  say,
  at,
  lines,
  zone,
  log = false,
  budget,
  height,
  unit = '',
  outages = NONE,
}: {
  title: string;
  say?: string;
  /** ms since 1970 of each step. */
  at: readonly number[];
  lines: readonly Line[];
  zone?: string;
  log?: boolean;
  budget?: number;
  height: number;
  unit?: string;
  /** Hatched and named. */
  outages?: readonly Outage[];
}): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const hatched = useRef(outages);
  const heading = useId();
  const isEmpty = lines.every(({ values }) => values.every((value) => value === null));
  const names = lines.map(({ name }) => name).join('|');

  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const chart = new uPlot(
      optionsOf(parent, names.split('|'), { zone, log, budget, height, hatched }),
      [[], ...names.split('|').map(() => [])],
      parent,
    );
    plot.current = chart;
    const watch = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(120, parent.clientWidth), height }),
    );
    watch.observe(parent);
    return () => {
      watch.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [names, zone, log, budget, height]);

  useEffect(() => {
    hatched.current = outages;
    plot.current?.setData([
      at.map((ms) => ms / 1000),
      ...lines.map(({ values }) =>
        values.map((value) => (log && value !== null ? Math.max(1, value) : value)),
      ),
    ]);
  });

  return (
    <section className="mg-card mg-chart" aria-labelledby={heading}>
      <h3>
        <span id={heading}>{title}</span>
        {say !== undefined && <small>{say}</small>}
        <span className="mg-legend">
          {lines.map(({ name, values }, index) => (
            <span key={name}>
              <i className={`mg-key mg-key-${index + 1}`} aria-hidden="true" />
              {name} <b>{lastOf(values, unit)}</b>
            </span>
          ))}
          {budget !== undefined && (
            <span>
              <i className="mg-key mg-key-budget" aria-hidden="true" />
              {t('chart.budget')}
            </span>
          )}
        </span>
      </h3>
      <div className="mg-plot" style={{ blockSize: height }} dir="ltr" aria-hidden="true" ref={box}>
        {isEmpty && <p className="mg-empty">{t('chart.none')}</p>}
      </div>
    </section>
  );
}

function lastOf(values: readonly (number | null)[], unit: string): ReactElement {
  const last = values.findLast((value) => value !== null);
  return <Num>{last === undefined ? '–' : `${Math.round(last)}${unit}`}</Num>;
}

/** Colours are the page's own: read off it when the chart is made. */
function optionsOf(
  parent: HTMLElement,
  names: readonly string[],
  how: {
    zone: string | undefined;
    log: boolean;
    budget: number | undefined;
    height: number;
    hatched: { readonly current: readonly Outage[] };
  },
): uPlot.Options {
  const styles = getComputedStyle(parent);
  const color = (token: string): string => styles.getPropertyValue(token).trim();
  const font = `12px ${styles.fontFamily}`;
  const axis = { stroke: color('--text-3'), font, ticks: { show: false } };
  const grid = { stroke: color('--grid'), width: 1 };
  // Decades only: the lines between them say nothing that can be read.
  const decades = (_chart: uPlot, splits: number[]): (number | null)[] =>
    how.log ? splits.map((value) => (/^10*$/.test(String(value)) ? value : null)) : [...splits];
  return {
    width: Math.max(120, parent.clientWidth),
    height: how.height,
    padding: [8, 12, 2, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true },
      y: how.log
        ? {
            distr: 3,
            range: (_chart, least, most) => [Math.min(10, least ?? 10), Math.max(1_000, most ?? 1_000)],
          }
        : { range: (_chart, _least, most) => [0, Math.max(4, Math.ceil((most ?? 0) * 1.15))] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        gap: 4,
        values: (_chart, splits) => splits.map((second) => clockText(second * 1000, how.zone)),
      },
      {
        ...axis,
        grid: { ...grid, filter: decades },
        size: 44,
        filter: decades,
        values: (_chart, splits) =>
          splits.map((value) => (value === null || !Number.isInteger(value) ? '' : String(value))),
      },
    ],
    series: [
      {},
      ...names.map((label, index) => {
        const look = LOOKS[index] ?? LOOKS[0];
        return {
          label,
          stroke: color(look.color),
          width: look.width,
          dash: [...look.dash],
          // A value without neighbours has no line to stand on.
          points: { show: true, size: 6, filter: alone },
          spanGaps: false,
        };
      }),
    ],
    hooks: {
      drawAxes: [
        (chart) => {
          const hatch = {
            line: color('--late'),
            ground: color('--late-soft'),
            text: color('--late-text'),
            font,
          };
          for (const outage of how.hatched.current) drawOutage(chart, outage, hatch);
          if (how.budget !== undefined) drawBudget(chart, how.budget, color('--text'));
        },
      ],
    },
  };
}

/** The budget as dotted ink across the plot. */
function drawBudget(chart: uPlot, value: number, ink: string): void {
  const { ctx, bbox } = chart;
  const y = chart.valToPos(value, 'y', true);
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** A hatched stretch with its words, for shape first and colour third. */
function drawOutage(
  chart: uPlot,
  { from, to }: Outage,
  look: { line: string; ground: string; text: string; font: string },
): void {
  const { ctx, bbox } = chart;
  const [start, end] = [from, to].map((ms) => chart.valToPos(ms / 1000, 'x', true));
  if (start === undefined || end === undefined || end <= start) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(start, bbox.top, end - start, bbox.height);
  ctx.clip();
  ctx.fillStyle = look.ground;
  ctx.fillRect(start, bbox.top, end - start, bbox.height);
  ctx.strokeStyle = look.line;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let x = start - bbox.height; x < end; x += 8 * devicePixelRatio) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
  ctx.save();
  ctx.font = look.font.replace(/^\d+px/, `700 ${12 * devicePixelRatio}px`);
  ctx.textAlign = 'center';
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.strokeStyle = look.ground;
  ctx.fillStyle = look.text;
  const words = t('chart.outage', { time: ageText(to - from) });
  const half = ctx.measureText(words).width / 2;
  const x = Math.min(Math.max((start + end) / 2, bbox.left + half), bbox.left + bbox.width - half);
  const y = bbox.top + bbox.height - 10 * devicePixelRatio;
  ctx.strokeText(words, x, y);
  ctx.fillText(words, x, y);
  ctx.restore();
}

/** Where a series has a value and none on either side. */
function alone(chart: uPlot, series: number): number[] {
  const values = chart.data[series] ?? [];
  const has = (index: number): boolean => values[index] !== null && values[index] !== undefined;
  return [...values.keys()].filter((index) => has(index) && !has(index - 1) && !has(index + 1));
}
