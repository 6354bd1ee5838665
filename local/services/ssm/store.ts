import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { jsonFile } from '../../json-file.ts';
import { ServiceError } from '../error.ts';

export const ParameterType = z.enum(['String', 'StringList', 'SecureString']);

const parameter = z.object({
  type: ParameterType,
  description: z.optional(z.string()),
  /** The newest last. */
  versions: z.array(z.object({ version: z.number(), value: z.string(), at: z.number() })),
  /** The value that the template had when it was last put from there. */
  ofTemplate: z.optional(z.string()),
});
type Parameter = z.infer<typeof parameter>;

type NewValue = { name: string; value: string } & Partial<Pick<Parameter, 'type' | 'description'>>;

/** "Working with parameter versions": the oldest of more than 100 goes. */
const mostVersions = 100;
/** The most characters of a value of the standard tier, and of the advanced one. */
const longest = { Standard: 4_096, Advanced: 8_192 };

type Tier = keyof typeof longest;

/** The parameters of a stack, in a file. */
export class ParameterStore {
  readonly #file;

  constructor(file: string) {
    this.#file = jsonFile(file, parameter);
  }

  /** Keeps the parameters. Returns what brings them back. */
  keep(): () => void {
    return this.#file.keep();
  }

  get names(): string[] {
    return Object.keys(this.#file.entries).sort();
  }

  find(name: string): Parameter | undefined {
    return Object.hasOwn(this.#file.entries, name) ? this.#file.entries[name] : undefined;
  }

  /** Adds a version, and returns its number ("PutParameter"). @throws ServiceError */
  put({ name, value, type, description }: NewValue, overwrite: boolean, tier: Tier = 'Standard'): number {
    const before = this.find(name);
    if (before && !overwrite) throw new ServiceError('ParameterAlreadyExists', `The parameter ${name} already exists.`);
    const kind = type ?? before?.type;
    if (kind === undefined) throw new ServiceError('ValidationException', 'A parameter type is required.');
    if (before && kind !== before.type)
      throw new ServiceError('ValidationException', `The type of ${name} is ${before.type}, and stays it.`);
    if (!/^[\w./-]+$/.test(name) || /^\/?(aws|ssm)/i.test(name) || (name.includes('/') && !name.startsWith('/')))
      throw new ServiceError('ValidationException', `Parameter name ${name}: it is none that Parameter Store takes.`);
    if (value === '' || [...value].length > longest[tier])
      throw new ServiceError('ValidationException', `A value of ${tier} has 1 to ${longest[tier]} characters.`);
    const version = (before?.versions.at(-1)?.version ?? 0) + 1;
    const versions = [...(before?.versions ?? []), { version, value, at: Date.now() / 1000 }].slice(-mostVersions);
    this.#file.entries[name] = { ...before, type: kind, description: description ?? before?.description, versions };
    this.#file.save();
    return version;
  }

  /** Puts the value of a template if the template has another one than before. What the app has put since then stays. */
  putOfTemplate(value: NewValue): void {
    const before = this.find(value.name);
    if (before?.ofTemplate === value.value) return;
    this.put(value, before !== undefined);
    const now = this.find(value.name);
    if (now) now.ofTemplate = value.value;
    this.#file.save();
  }

  delete(name: string): boolean {
    if (!this.find(name)) return false;
    delete this.#file.entries[name];
    this.#file.save();
    return true;
  }
}

/** A value that stands for the encrypted one, of which callers without `WithDecryption` can make nothing. */
export const sealed = (value: string): string => hash('sha512', value, 'base64');
