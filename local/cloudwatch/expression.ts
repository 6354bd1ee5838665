import { Tokens } from '../tokens.ts';
import { StackError } from '../types.ts';

/** A value for each period, undefined where there is none. */
export type Series = readonly (number | undefined)[];
type Operand = number | Series | readonly Series[];

/** What an expression can refer to. */
export interface Names {
  /** @throws StackError if there is no metric or expression of this id. */
  series(id: string): Series;
  /** `METRICS()`: all metrics of the query. */
  all(): readonly Series[];
  readonly periodSeconds: number;
  /** The number of periods. */
  readonly length: number;
  /** The quota that a usage metric counts against, if it is known here. */
  quota(id: string): number | undefined;
}

type Node = (names: Names) => Operand;

const token =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|("[^"]*"|'[^']*')|(\|\||&&|[<>=!]=|[-+*/^<>()[\],]))/y;
/** Weakest first. */
const levels = [['||'], ['&&'], ['==', '!=', '<=', '>=', '<', '>'], ['+', '-'], ['*', '/'], ['^']];
const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

/**
 * Parses an expression of metric math ("Using math expressions with CloudWatch metrics"): numbers, ids, operators, lists, and the
 * functions below. @throws StackError for what isn't supported.
 */
export function parseExpression(text: string): (names: Names) => Series {
  const unsupported = (at: string) => new StackError(`The expression ${text} isn't supported at ${at}.`);
  const tokens = new Tokens(text, token, unsupported);
  const fail = (): never => {
    throw unsupported(tokens.peek() || 'its end');
  };
  const take = (wanted: string) => tokens.skip(wanted);
  const expectToken = (wanted: string) => void (take(wanted) || fail());

  function binary(level: number): Node {
    if (level === levels.length) return unary();
    let left = binary(level + 1);
    for (;;) {
      const operator = levels[level]?.find((each) => take(each));
      const operate = operator && operators[operator];
      if (!operate) return left;
      const [a, b] = [left, binary(level + 1)];
      left = (names) => combine(a(names), b(names), operate);
    }
  }

  function unary(): Node {
    if (!take('-')) return primary();
    const operand = unary();
    return (names) => combine(0, operand(names), (a, b) => a - b);
  }

  function list(end: string): Node[] {
    const items: Node[] = [];
    if (take(end)) return items;
    do items.push(binary(0));
    while (take(','));
    expectToken(end);
    return items;
  }

  function primary(): Node {
    if (take('(')) {
      const inner = binary(0);
      expectToken(')');
      return inner;
    }
    if (take('[')) {
      const items = list(']');
      return (names) => items.map((item) => seriesOf(item(names), names.length));
    }
    if (!/^[\w.]/.test(tokens.peek())) fail();
    const word = tokens.take();
    if (/^\d/.test(word)) return () => Number(word);
    if (!take('(')) return word === 'REPEAT' ? () => Number.NaN : (names) => names.series(word);
    if (word === 'SERVICE_QUOTA') {
      const id = tokens.take();
      expectToken(')');
      return (names) => names.quota(id) ?? Array<undefined>(names.length).fill(undefined);
    }
    const call = Object.hasOwn(functions, word) ? functions[word] : undefined;
    if (!call) throw new StackError(`The function ${word} of the expression ${text} isn't supported.`);
    const parameters = list(')');
    const given = (names: Names) => parameters.map((parameter) => parameter(names));
    return (names) => call(given(names), names);
  }

  const root = binary(0);
  if (tokens.peek()) fail();
  return (names) => seriesOf(root(names), names.length);
}

const isList = (operand: Operand): operand is readonly Series[] => Array.isArray(operand) && Array.isArray(operand[0]);
const isSeries = (operand: Operand): operand is Series => typeof operand !== 'number' && !isList(operand);

/** A number counts for each period. Of a list it is the first series, since no other operator takes lists. */
function seriesOf(operand: Operand = [], length: number): Series {
  if (typeof operand === 'number') return Array<number>(length).fill(operand);
  return isList(operand) ? (operand[0] ?? []) : isSeries(operand) ? operand : [];
}

/** Where one of two series has no value, or the result is none (a division by zero), there is no value. */
function combine(a: Operand, b: Operand, operate: (a: number, b: number) => number): Operand {
  if (typeof a === 'number' && typeof b === 'number') return operate(a, b);
  const length = Math.max(...[a, b].map((each) => (typeof each === 'number' ? 0 : each.length)));
  const [left, right] = [seriesOf(a, length), seriesOf(b, length)];
  return left.map((value, i) => {
    const other = right[i];
    return value === undefined || other === undefined ? undefined : finite(operate(value, other));
  });
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined);
const present = (series: Series) => series.filter((value) => value !== undefined);

/** Of a list it is a series, of a series a number. */
const aggregate =
  (reduce: (values: number[]) => number) =>
  ([operand = []]: readonly Operand[], { length }: Names): Operand => {
    if (!isList(operand)) return reduce(present(seriesOf(operand, length)));
    return Array.from({ length }, (_, i) => {
      const values = present(operand.map((series) => series[i]));
      return values.length > 0 ? reduce(values) : undefined;
    });
  };
const each =
  (change: (value: number) => number) =>
  ([operand = []]: readonly Operand[], { length }: Names): Operand =>
    seriesOf(operand, length).map((value) => (value === undefined ? undefined : change(value)));
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

const functions: Readonly<Record<string, (parameters: readonly Operand[], names: Names) => Operand>> = {
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  SUM: aggregate(sum),
  AVG: aggregate((values) => sum(values) / values.length),
  MIN: aggregate((values) => Math.min(...values)),
  MAX: aggregate((values) => Math.max(...values)),
  METRICS: (_, names) => names.all(),
  PERIOD: (_, { periodSeconds }) => periodSeconds,
  TIME_SERIES: ([operand = []], { length }) => seriesOf(operand, length),
  /** `REPEAT` takes the value before. */
  FILL([operand = [], filler = 0], { length }) {
    const fill = seriesOf(filler, length);
    let before: number | undefined;
    return seriesOf(operand, length).map((value, i) => {
      before = value ?? (Number.isNaN(fill[i]) ? before : fill[i]);
      return before;
    });
  },
  IF([condition = [], yes = [], no], { length }) {
    const [then, otherwise] = [seriesOf(yes, length), no === undefined ? [] : seriesOf(no, length)];
    return seriesOf(condition, length).map((value, i) =>
      value === undefined ? undefined : value !== 0 ? then[i] : otherwise[i],
    );
  },
  RATE([operand = []], { length, periodSeconds }) {
    const series = seriesOf(operand, length);
    return series.map((value, i) => {
      const before = series[i - 1];
      return value === undefined || before === undefined ? undefined : (value - before) / periodSeconds;
    });
  },
};
