import type { Trial } from "../load/order.ts";
import type { Row } from "../rows.ts";
import { disturbance, type Subjected } from "../run.ts";
import type { RuntimeName } from "../subjects.ts";

/** The median of the rounds, with the lowest and the highest. */
export interface Figure {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** A server against a baseline; each ratio is taken within a round. */
export interface Comparison {
  readonly rate: Figure;
  /** Whether both were bound by their servers; else the ratio of the rates says nothing. */
  readonly isRateClaimed: boolean;
  readonly cpu: Figure;
}

export interface Line {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly runtime: RuntimeName;
  /** Frames that reached the load, a second. */
  readonly rate: Figure;
  /** The server's CPU for each of them [µs]. */
  readonly cpuMicros: Figure;
  /** The share of its core that the server was busy. */
  readonly serverBusy: Figure;
  readonly loadBusy: Figure;
  /** The share of the server's core that others took. */
  readonly disturbed: Figure;
  /** Whether the rate is the server's, and not the load's or that of a busy machine. */
  readonly boundByServer: boolean;
  /** By the name of the baseline. */
  readonly against: Readonly<Record<string, Comparison>>;
  readonly trials: readonly Trial[];
}

export interface RowSummary extends Row {
  readonly lines: readonly Line[];
}

/** A server that was busy for this share of its core, and for more than the load of its own, bounds the rate. */
const BOUND_BY_SERVER = 0.9;

export function summarise(row: Row, results: readonly Subjected[]): RowSummary {
  const baselines = results.filter(({ subject }) => subject.baseline);
  const lines = results.map(({ subject, version, trials }): Line => {
    const against = Object.fromEntries(
      baselines.map((baseline) => [baseline.subject.name, compare(trials, baseline.trials)]),
    );
    return {
      name: subject.name,
      title: subject.title,
      version,
      runtime: subject.runtime,
      rate: figure(trials.map(rateOf)),
      cpuMicros: figure(trials.map(cpuMicrosOf)),
      serverBusy: serverBusyOf(trials),
      loadBusy: loadBusyOf(trials),
      disturbed: figure(trials.map(disturbance)),
      boundByServer: isBoundByServer(trials),
      against,
      trials,
    };
  });
  return { ...row, lines };
}

function serverBusyOf(trials: readonly Trial[]): Figure {
  return figure(trials.map((trial) => trial.serverCpuSeconds / trial.seconds));
}

function loadBusyOf(trials: readonly Trial[]): Figure {
  return figure(trials.map((trial) => trial.loadCpuSeconds / trial.seconds));
}

function isBoundByServer(trials: readonly Trial[]): boolean {
  const busy = serverBusyOf(trials).median;
  return busy >= BOUND_BY_SERVER && busy > loadBusyOf(trials).median;
}

export function rateOf(trial: Trial): number {
  return trial.frames / trial.seconds;
}

export function cpuMicrosOf(trial: Trial): number {
  return (trial.serverCpuSeconds * 1_000_000) / trial.frames;
}

function compare(trials: readonly Trial[], baseline: readonly Trial[]): Comparison {
  const ratios = (of: (trial: Trial) => number) =>
    figure(trials.map((trial, round) => of(trial) / of(baseline[round])));
  const isRateClaimed = isBoundByServer(trials) && isBoundByServer(baseline);
  return { rate: ratios(rateOf), isRateClaimed, cpu: ratios(cpuMicrosOf) };
}

function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, lowest: sorted[0], highest: sorted[sorted.length - 1] };
}
