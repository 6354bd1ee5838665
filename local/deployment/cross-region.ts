import * as z from 'zod/mini';
import { handleChanging } from '../handle.ts';
import { parametersOf } from '../services/ssm/index.ts';

const texts = z.record(z.string(), z.string());
const writer = z.object({ WriterProps: z.object({ exports: texts }) });
const reader = z.object({ ReaderProps: z.object({ imports: texts }) });

/**
 * Handle what the CDK adds for `crossRegionReferences`: a stack writes values into SSM parameters of another region, and a stack there
 * reads them. All regions are one here.
 */
const write = handleChanging('Custom::CrossRegionExportWriter', writer, async ({ WriterProps }, world, resource) => {
  for (const [name, value] of Object.entries(WriterProps.exports))
    parametersOf(world).putOfTemplate({ name, value, type: 'String' });
  return { ref: resource.logicalId };
});
const read = handleChanging('Custom::CrossRegionExportReader', reader, async ({ ReaderProps }, _, resource) => {
  return { ref: resource.logicalId, attributes: ReaderProps.imports };
});

export const crossRegion = [write, read];
