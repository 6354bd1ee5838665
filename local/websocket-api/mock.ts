import * as z from 'zod/mini';
import { parsedJson } from '../parse.ts';
import { StackError } from '../types.ts';
import { type GatewayEvent, internalError } from './integration.ts';
import type { IntegrationResponseProperties, MockProperties } from './properties.ts';
import { selectTemplate, type Template } from './templates.ts';

export type MockIntegration = ReturnType<typeof mock>;

const request = z.object({ statusCode: z.int() });

/**
 * Answers without a backend: the `statusCode` in the request template selects the integration response, and its template is the body.
 * AWS: "Set up a WebSocket API integration response in API Gateway" and "Mock integrations for REST APIs in API Gateway".
 */
export function mock(properties: MockProperties) {
  const requestTemplate = selectTemplate(properties.TemplateSelectionExpression, properties.RequestTemplates);
  if (!requestTemplate) throw new StackError('RequestTemplates: none of them gives a statusCode.');
  const responses = new Map<string, Template>();

  return {
    addResponse(given: IntegrationResponseProperties): void {
      const { IntegrationResponseKey: key, ResponseTemplates, TemplateSelectionExpression } = given;
      const template = selectTemplate(TemplateSelectionExpression, ResponseTemplates);
      if (!template) throw new StackError(`ResponseTemplates: ${key} has none.`);
      responses.set(key, template);
    },
    hasResponse: () => responses.size > 0,
    async integration({ requestContext }: GatewayEvent) {
      const rendered = z.safeParse(request, parsedJson(requestTemplate(requestContext)));
      if (!rendered.success) return internalError;
      const { statusCode } = rendered.data;
      const [, response] = [...responses].find(([key]) => selects(key, statusCode)) ?? [];
      const template = response ?? responses.get('$default');
      return { statusCode, headers: {}, body: template?.(requestContext) ?? '' };
    },
  };
}

/** An integration response key is a regular expression between slashes (`/2\d\d/`), or `$default`. */
function selects(key: string, statusCode: number): boolean {
  const pattern = /^\/(.*)\/$/.exec(key)?.[1];
  return pattern !== undefined && new RegExp(`^(?:${pattern})$`).test(String(statusCode));
}
