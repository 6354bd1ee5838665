import type { Figures } from './figures.ts';

/** Puts a figure of a function that was invoked by its name or ARN, with or without a version or alias. */
export type FunctionFigure = (nameOrArn: string, name: string, value: number) => void;

/** Returns what puts the figures of functions ("Types of metrics for Lambda functions"): of one, of its alias, and of all together. */
export function lambdaFigures(figures: Figures): FunctionFigure {
  return (nameOrArn, name, value) => {
    const [FunctionName = '', alias] = nameOrArn.replace(/^.*:function:/, '').split(':');
    const put = (dimensions: Record<string, string>) =>
      figures.put({ namespace: 'AWS/Lambda', name, dimensions }, value);
    put({});
    put({ FunctionName });
    if (alias !== undefined) put({ FunctionName, Resource: `${FunctionName}:${alias}` });
  };
}
