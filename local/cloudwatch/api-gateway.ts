import type { Figures } from './figures.ts';

export type GatewayFigure = (stage: string, name: string, value?: number) => void;

/**
 * Returns what puts the figures of an API, by API and by stage ("Monitor WebSocket API execution with CloudWatch metrics", "Monitor
 * HTTP API execution with CloudWatch metrics").
 */
export function gatewayFigures(figures: Figures, ApiId: string): GatewayFigure {
  return (Stage, name, value = 1) => {
    for (const dimensions of [{ ApiId }, { ApiId, Stage }])
      figures.put({ namespace: 'AWS/ApiGateway', name, dimensions }, value);
  };
}
