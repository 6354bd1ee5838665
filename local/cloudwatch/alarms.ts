import { StackError } from '../types.ts';
import type { State } from './alarm-rule.ts';
import type { CompositeAlarm, MetricAlarm } from './definitions.ts';
import { type Figures, keptMs } from './figures.ts';
import { valuesOf } from './queries.ts';

export type Alarm = MetricAlarm | CompositeAlarm;

/** The state of an alarm, and since when it has it (ms since 1970). */
export interface AlarmState {
  readonly alarm: Alarm;
  readonly state: State;
  readonly reason: string;
  readonly since: number;
  /** When the alarm was added. */
  readonly added: number;
}

/** Gets each change of a state. */
export type OnChange = (after: AlarmState, before: AlarmState) => Promise<void>;

const minuteMs = 60_000;
const compare: Readonly<Record<MetricAlarm['comparison'], (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Evaluates alarms. The clock is that of the figures. */
export class Alarms {
  readonly #figures: Figures;
  readonly #onChange: OnChange;
  readonly #states = new Map<string, AlarmState>();

  constructor(figures: Figures, onChange: OnChange) {
    this.#figures = figures;
    this.#onChange = onChange;
  }

  /** @throws StackError if it can't be evaluated: it asks for older figures than are kept, or for alarms or metrics that aren't there. */
  add(alarm: Alarm): void {
    if ('rule' in alarm) for (const other of [...alarm.rule.alarms, alarm.suppressor ?? []].flat()) this.#find(other);
    else if (alarm.periods * alarm.periodMs > keptMs)
      throw new StackError(`An alarm can look back ${keptMs / minuteMs} minutes here.`);
    else valuesOf(alarm.watched, alarm.queries, this.#figures, alarm.periodMs, [0]);
    const since = this.#figures.now();
    const reason = 'Unchecked: Initial alarm creation';
    this.#states.set(alarm.arn, { alarm, state: 'INSUFFICIENT_DATA', reason, since, added: since });
  }

  get states(): AlarmState[] {
    return [...this.#states.values()];
  }

  /**
   * Evaluates all alarms by the periods that are over, the last of which ends with the last full minute. CloudWatch does so once a
   * minute ("Alarm evaluation"). Alarms that are made of others come after them. Resolves when all changes were told.
   */
  async evaluate(): Promise<void> {
    for (const before of this.states) {
      const { alarm } = before;
      const after = 'rule' in alarm ? this.#composite(alarm) : this.#metric(alarm, before);
      if (after.state === before.state) continue;
      const changed = { ...before, ...after, since: this.#figures.now() };
      this.#states.set(alarm.arn, changed);
      const suppressed = 'rule' in alarm && alarm.suppressor && this.#find(alarm.suppressor).state === 'ALARM';
      if (alarm.actionsEnabled && !suppressed) await this.#onChange(changed, before);
    }
  }

  #metric(alarm: MetricAlarm, { state: before, added }: AlarmState) {
    const { periods, periodMs, missing, datapoints, threshold, watched, queries, comparison } = alarm;
    const last = Math.floor(this.#figures.now() / minuteMs) * minuteMs;
    const ends = Array.from({ length: periods }, (_, i) => last - (periods - 1 - i) * periodMs);
    const values = valuesOf(watched, queries, this.#figures, periodMs, ends);
    const known = values.filter((value) => value !== undefined);
    const over = known.filter((value) => compare[comparison](value, threshold));
    // Before the stack was started nothing could have had a value, so it isn't bad that there is none.
    const since = values.filter((value, i) => value === undefined && (ends[i] ?? 0) - periodMs >= added).length;
    const absent = { breaching: since, notBreaching: values.length - known.length, ignore: 0, missing: 0 }[missing];
    const bad = over.length + (missing === 'breaching' ? absent : 0);
    const counted = known.length + absent;
    const reason = `${bad} of the last ${periods} datapoints [${values.map((value) => value ?? 'missing').join(', ')}] crossed the threshold (${comparison} ${threshold}); ${datapoints} are needed for ALARM.`;
    // "Configuring how CloudWatch alarms treat missing data"
    if (counted === 0) return { state: missing === 'ignore' ? before : 'INSUFFICIENT_DATA', reason } as const;
    return { state: bad >= datapoints ? 'ALARM' : 'OK', reason } as const;
  }

  #composite({ rule, ruleText }: CompositeAlarm) {
    const holds = rule.holds((alarm) => this.#find(alarm).state);
    return { state: holds ? 'ALARM' : 'OK', reason: `${ruleText} is ${holds}.` } as const;
  }

  #find(nameOrArn: string): AlarmState {
    const found = this.#states.get(nameOrArn) ?? this.states.find(({ alarm }) => alarm.name === nameOrArn);
    if (!found) throw new StackError(`There is no alarm ${nameOrArn}.`);
    return found;
  }
}
