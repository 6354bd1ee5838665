import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * The projects by how long their files take and how much of it they wait, so that the short ones fill the gaps. The files of one project
 * follow each other, because a worker that goes over to another project begins anew: it loads and compiles everything, and its pages are gone.
 */
const order = ['e2e', 'infra', 'unit', 'local', 'tables', 'api', 'integration'];

/** Lets the files of all projects share the workers, so that one uses the processor while another waits. */
export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project }: TestSpecification) => order.indexOf(project.name);
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
