import type { DrillStack } from './stack.ts';

/** These expect the probe in each minute of the alarms, and it runs once in six of them. */
const ofProbe: ReadonlySet<string> = new Set(['ServiceDown', 'Down']);
const shortName = (alarm: string) => alarm.replace(/^.*?-(?=[A-Z])/, '');

/** Notes which alarms rise that aren't raised now, by their names without the prefix of the stack. */
export async function watchAlarms(stack: Pick<DrillStack, 'raised'>) {
  const before = new Set(await stack.raised());
  const raised = new Set<string>();
  const look = async () => {
    // While the stack is away it has no alarms.
    for (const name of await stack.raised().catch(() => [])) if (!before.has(name)) raised.add(shortName(name));
  };
  const timer = setInterval(() => void look(), 1_000);
  return {
    async stop(): Promise<string[]> {
      clearInterval(timer);
      await look();
      return [...raised].filter((name) => !ofProbe.has(name)).sort();
    },
  };
}
