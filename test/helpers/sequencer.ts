import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** The projects by how long their files take and how much of it they wait: those of `e2e` go first, and the short ones fill the gaps. */
const order = ['e2e', 'local', 'integration', 'infra', 'unit'];

/** Lets the files of all projects share the workers, so that one uses the processor while another waits. */
export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => order.indexOf(a.project.name) - order.indexOf(b.project.name));
  }
}
