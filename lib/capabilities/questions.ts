import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { AppFunction } from '#lib/constructs/app-function.ts';
import type { Foundation } from '#lib/foundation.ts';
import { questions } from '#lib/questions.ts';

/** Saves the questions. It must be called after all functions were added. A query may have 50 log groups. */
export function addQuestions({ stack }: Foundation): void {
  const functions = stack.node.findAll().filter((node) => node instanceof AppFunction);
  for (const [name, lines] of Object.entries(questions))
    new CfnQueryDefinition(stack, `Question-${name}`, {
      name: `${stack.stackName}/${name}`,
      queryString: lines.join('\n| '),
      logGroupNames: functions.map(({ logGroup }) => logGroup.logGroupName),
    });
}
