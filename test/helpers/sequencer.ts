import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** The files that take longest. Beside them one worker has the time for all of `infra` and `unit`. */
const longest = ['accessibility.slow', 'talking', 'attaching', 'conversing'].map((name) => `/test/e2e/${name}.test.ts`);

/**
 * The projects by how long their files take and how much of it they wait, so that the short ones fill the gaps. Those whose files share
 * what they import (`isolate: false`) are begun beside the longest files: each further worker would load and compile it all once more.
 */
const order = ['infra', 'unit', 'e2e', 'local', 'tables', 'api', 'integration'];

/** Lets the files of all projects share the workers, so that one uses the processor while another waits. */
export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) =>
      longest.some((name) => moduleId.endsWith(name)) ? -1 : order.indexOf(project.name);
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
