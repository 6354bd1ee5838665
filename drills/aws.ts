import * as z from 'zod/mini';
import type { Ask } from '#bin/leftovers/account.ts';

const Templates = z.object({
  experimentTemplates: z.array(z.object({ id: z.string(), tags: z._default(z.record(z.string(), z.string()), {}) })),
});
const Started = z.object({ experiment: z.object({ id: z.string() }) });

/**
 * Starts a drill of a stage on AWS, which was deployed with `-c drills=true` (`lib/drills/`). Returns the id of the experiment of FIS. Throws
 * if the stage has no such drill, or if FIS refuses, as it does while an alarm is raised that ends drills.
 */
export async function startOnAws(ask: Ask, stage: string, name: string): Promise<string> {
  const { experimentTemplates } = Templates.parse(await ask('fis', 'list-experiment-templates'));
  const prefix = `storm-${stage}-`;
  const drills = experimentTemplates.flatMap(({ id, tags: { stage: of, Name = '' } }) =>
    of === stage && Name.startsWith(prefix) ? { id, name: Name.slice(prefix.length) } : [],
  );
  const drill = drills.find((each) => each.name === name);
  if (!drill) {
    const names = drills.map((each) => each.name).join(', ');
    throw new Error(
      `The stage ${stage} has no drill ${name}. It has: ${names || 'none, so deploy it with -c drills=true'}.`,
    );
  }
  const started = await ask('fis', 'start-experiment', '--experiment-template-id', drill.id);
  return Started.parse(started).experiment.id;
}
