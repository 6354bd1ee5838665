import { Tokens } from '../../../tokens.ts';
import { Refusal } from './refusal.ts';

/** Attribute name or `#name`, then map keys, `#keys` and indexes of lists. */
export type Path = readonly (string | number)[];
export type Operand =
  | { readonly path: Path }
  /** With its colon. */
  | { readonly value: string }
  | { readonly call: string };

/** A comparison, a function, arithmetic, `ADD` or `DELETE`, or a logical operator, which has no operands here. */
export interface Operation {
  readonly operator: string;
  readonly operands: readonly Operand[];
}

/** What the rules need to know of an expression; none of them needs to know how conditions are nested. */
export interface Expression {
  readonly operations: readonly Operation[];
  /** The paths that an update writes, or a projection names. */
  readonly targets: readonly Path[];
  /** The placeholders that are used, both `#name` and `:value`. */
  readonly placeholders: ReadonlySet<string>;
}

export type ExpressionParameter =
  | 'KeyConditionExpression'
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'UpdateExpression'
  | 'ProjectionExpression';

const ofConditions = ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains', 'size'];
const ofUpdates = ['if_not_exists', 'list_append'];
const comparators = new Set(['=', '<>', '<', '<=', '>', '>=']);

/**
 * Parses an expression by the grammars of "Condition and filter expressions, operators, and functions", "Update
 * expressions" and "Projection expressions"; throws `Refusal`.
 */
export function parseExpression(parameter: ExpressionParameter, text: string): Expression {
  const tokens = new ExpressionTokens(parameter, text);
  const operations: Operation[] = [];
  const targets: Path[] = [];
  const placeholders = new Set<string>();
  const functions = parameter === 'UpdateExpression' ? ofUpdates : ofConditions;

  function name(): string {
    const taken = tokens.peek();
    if (!/^[#A-Za-z_]/.test(taken)) throw tokens.unexpected();
    if (taken.startsWith('#')) placeholders.add(taken);
    return tokens.take();
  }

  function path(): Path {
    const elements: (string | number)[] = [name()];
    for (;;) {
      if (tokens.skip('.')) elements.push(name());
      else if (tokens.skip('[')) {
        if (!/^\d+$/.test(tokens.peek())) throw tokens.unexpected();
        elements.push(Number(tokens.take()));
        tokens.expect(']');
      } else return elements;
    }
  }

  function operand(): Operand {
    if (tokens.peek().startsWith(':')) {
      placeholders.add(tokens.peek());
      return { value: tokens.take() };
    }
    return tokens.peek(1) === '(' ? call() : { path: path() };
  }

  function call(): Operand {
    const operator = tokens.take();
    if (!functions.includes(operator)) throw tokens.invalid(`Invalid function name; function: ${operator}`);
    tokens.expect('(');
    operations.push({ operator, operands: list(operand) });
    tokens.expect(')');
    return { call: operator };
  }

  function list<T>(one: () => T): T[] {
    const all = [one()];
    while (tokens.skip(',')) all.push(one());
    return all;
  }

  function condition(): void {
    while (tokens.skip('NOT')) operations.push({ operator: 'NOT', operands: [] });
    if (tokens.skip('(')) {
      condition();
      tokens.expect(')');
    } else comparison();
    for (const operator of ['AND', 'OR'])
      if (tokens.skip(operator)) {
        operations.push({ operator, operands: [] });
        condition();
      }
  }

  function comparison(): void {
    const first = operand();
    if (comparators.has(tokens.peek())) operations.push({ operator: tokens.take(), operands: [first, operand()] });
    else if (tokens.skip('BETWEEN')) {
      const lower = operand();
      tokens.expect('AND');
      operations.push({ operator: 'BETWEEN', operands: [first, lower, operand()] });
    } else if (tokens.skip('IN')) {
      tokens.expect('(');
      operations.push({ operator: 'IN', operands: [first, ...list(operand)] });
      tokens.expect(')');
    } else if (!('call' in first)) throw tokens.unexpected();
  }

  function update(): void {
    const sections = new Set<string>();
    do {
      const section = tokens.take().toUpperCase();
      const action = actions[section];
      if (!action) throw tokens.unexpected();
      if (sections.has(section))
        throw tokens.invalid(`The "${section}" section can only be used once in an update expression;`);
      sections.add(section);
      list(action);
    } while (tokens.peek() !== '');
  }

  function target(): Path {
    const written = path();
    targets.push(written);
    return written;
  }

  function change(operator: string): void {
    target();
    operations.push({ operator, operands: [operand()] });
  }

  const actions: Readonly<Record<string, () => void>> = {
    SET() {
      target();
      tokens.expect('=');
      const first = operand();
      const operator = tokens.peek();
      if (tokens.skip('+') || tokens.skip('-')) operations.push({ operator, operands: [first, operand()] });
    },
    REMOVE: target,
    ADD: () => change('ADD'),
    DELETE: () => change('DELETE'),
  };

  if (tokens.peek() === '') throw tokens.invalid('The expression can not be empty;');
  if (parameter === 'UpdateExpression') update();
  else if (parameter === 'ProjectionExpression') list(target);
  else condition();
  if (tokens.peek() !== '') throw tokens.unexpected();
  return { operations, targets, placeholders };
}

const token = /\s*(?:([#:]?\w+)|(<>|<=|>=|[=<>()[\],.+-]))/y;

const invalid = (parameter: string, message: string) => new Refusal(`Invalid ${parameter}: ${message}`);

/** The tokens of an expression: names, placeholders, numbers and symbols. Words of the grammar have no case. */
class ExpressionTokens extends Tokens {
  readonly #parameter: string;

  /** @param parameter of the request that has the expression, such as `UpdateExpression`; refusals name it. */
  constructor(parameter: string, text: string) {
    super(text, token, (rest) => invalid(parameter, `Syntax error; token: "${rest[0]}"`));
    this.#parameter = parameter;
  }

  override skip(word: string): boolean {
    return super.skip(this.peek().toUpperCase() === word ? this.peek() : word);
  }

  expect(word: string): void {
    if (!this.skip(word)) throw this.unexpected();
  }

  unexpected(): Refusal {
    const found = this.peek();
    const near = [this.peek(-1), found, this.peek(1)].filter(Boolean).join(' ');
    return this.invalid(`Syntax error; token: "${found || '<EOF>'}", near: "${near}"`);
  }

  invalid(message: string): Refusal {
    return invalid(this.#parameter, message);
  }
}
