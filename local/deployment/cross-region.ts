import * as z from 'zod/mini';
import { parseProperties } from '../parse.ts';
import { parametersOf } from '../services/ssm/index.ts';
import type { ResourceHandler } from '../types.ts';

const texts = z.record(z.string(), z.string());
const writer = z.object({ WriterProps: z.object({ exports: texts }) });
const reader = z.object({ ReaderProps: z.object({ imports: texts }) });

/**
 * Handle what the CDK adds for `crossRegionReferences`: a stack writes values into SSM parameters of another region, and a stack there
 * reads them. All regions are one here.
 */
export const exportWriter: ResourceHandler = {
  types: ['Custom::CrossRegionExportWriter'],
  changes: true,
  remove() {},
  async create({ logicalId, properties }, world) {
    const { exports } = parseProperties(writer, properties).WriterProps;
    for (const [name, value] of Object.entries(exports))
      parametersOf(world).putOfTemplate({ name, value, type: 'String' });
    return { ref: logicalId };
  },
};

export const exportReader: ResourceHandler = {
  types: ['Custom::CrossRegionExportReader'],
  changes: true,
  remove() {},
  async create({ logicalId, properties }) {
    return { ref: logicalId, attributes: parseProperties(reader, properties).ReaderProps.imports };
  },
};
