import { Tokens } from '../tokens.ts';
import { StackError } from '../types.ts';

export type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Whether a rule holds. `stateOf` takes the name or ARN of an alarm. */
type Rule = (stateOf: (alarm: string) => State) => boolean;

const token = /\s*(?:([()])|"([^"]*)"|([^\s()"]+))/y;

/**
 * Parses the rule of a composite alarm ("PutCompositeAlarm"): `ALARM(name)`, `OK(name)`, `INSUFFICIENT_DATA(name)`, `TRUE`, `FALSE`,
 * `AND`, `OR`, `NOT`. @throws StackError for what isn't supported.
 */
export function parseAlarmRule(text: string): { holds: Rule; alarms: readonly string[] } {
  const tokens = new Tokens(text, token, () => new StackError(`The alarm rule ${text} can't be read.`));
  const alarms: string[] = [];
  const take = (wanted: string) => tokens.skip(wanted);
  const expectToken = (wanted: string) => {
    if (!take(wanted)) throw new StackError(`The alarm rule ${text} has no ${wanted} where one has to be.`);
  };

  function joined<Part>(word: string, next: () => Part): Part[] {
    const parts = [next()];
    while (take(word)) parts.push(next());
    return parts;
  }
  function or(): Rule {
    const parts = joined('OR', () => joined('AND', not));
    return (stateOf) => parts.some((all) => all.every((part) => part(stateOf)));
  }
  function not(): Rule {
    if (!take('NOT')) return single();
    const inner = not();
    return (stateOf) => !inner(stateOf);
  }
  function single(): Rule {
    if (take('TRUE')) return () => true;
    if (take('FALSE')) return () => false;
    for (const state of ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const)
      if (take(state)) {
        expectToken('(');
        const alarm = tokens.take();
        expectToken(')');
        alarms.push(alarm);
        return (stateOf) => stateOf(alarm) === state;
      }
    expectToken('(');
    const inner = or();
    expectToken(')');
    return inner;
  }

  const holds = or();
  if (tokens.peek())
    throw new StackError(`The alarm rule ${text} goes on with ${tokens.peek()}, which isn't supported.`);
  return { holds, alarms };
}
