import { AwsError } from '#adapters/aws/error.ts';
import { createJsonClient } from '#adapters/aws/json-client.ts';

/** Keeps texts as parameters of Systems Manager, encrypted (`SecureString`). One of the standard tier, 4 KB, costs nothing. */
export interface ParameterStore {
  /** The text of a parameter, or undefined if there is none. */
  read(name: string): Promise<string | undefined>;
  /** Creates a parameter. Returns false if there is one already, which stays as it is. */
  create(name: string, text: string): Promise<boolean>;
  /** Removes a parameter, or does nothing if there is none. */
  remove(name: string): Promise<void>;
}

export function parameterStore(): ParameterStore {
  const call = createJsonClient('ssm');
  return {
    async read(Name) {
      const answer = await unless('ParameterNotFound', call('GetParameter', { Name, WithDecryption: true }));
      return answer?.Parameter.Value;
    },
    async create(Name, Value) {
      const put = call('PutParameter', { Name, Value, Type: 'SecureString', Overwrite: false });
      return (await unless('ParameterAlreadyExists', put)) !== undefined;
    },
    async remove(Name) {
      await unless('ParameterNotFound', call('DeleteParameter', { Name }));
    },
  };
}

/** The answer of a call, or undefined if it fails with this error. */
async function unless<T>(name: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsError && error.name === name) return undefined;
    throw error;
  }
}
