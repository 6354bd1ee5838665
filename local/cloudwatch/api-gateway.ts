import type { Figures } from './figures.ts';

export type GatewayFigure = (stage: string, name: string, value?: number) => void;

/**
 * Returns what puts the figures of an API, by API and by stage ("Monitor WebSocket API execution with CloudWatch metrics", "Monitor
 * HTTP API execution with CloudWatch metrics").
 */
export function gatewayFigures(figures: Figures, ApiId: string): GatewayFigure {
  return (Stage, name, value = 1) => {
    const both: readonly Record<string, string>[] = [{ ApiId }, { ApiId, Stage }];
    for (const dimensions of both) figures.put({ namespace: 'AWS/ApiGateway', name, dimensions }, value);
  };
}
