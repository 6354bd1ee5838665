import { parameterStore } from './parameters.ts';

/** Creates a reader of the parameter with a key, which is read once and then kept. */
export function createKeyText(name: string): () => Promise<string> {
  const parameters = parameterStore();
  let kept: Promise<string> | undefined;

  async function read(): Promise<string> {
    const text = await parameters.read(name);
    if (text === undefined) throw new Error(`There is no parameter ${name}`);
    return text;
  }

  return () => {
    kept ??= read().catch((error) => {
      // A failure is thrown to those who wait for this read. The next caller reads again.
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
