/** Says what is wrong with a value, such as `.seq must be a whole number`, or nothing. */
export type Check = (value: unknown) => string | undefined;

export const whole: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : ' must be a whole number';

/** Servers at fault may count below zero. */
export const integer: Check = (value) => (Number.isSafeInteger(value) ? undefined : ' must be an integer');

export const text: Check = (value) => (typeof value === 'string' ? undefined : ' must be a text');

export const name: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : ' must be a name');

export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : ' must be true or false');

export function only(...allowed: readonly unknown[]): Check {
  return (value) => (allowed.includes(value) ? undefined : ` must be one of ${allowed.join(', ')}`);
}

export function list(of: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return ' must be a list';
    for (const [index, item] of value.entries()) {
      const wrong = of(item);
      if (wrong !== undefined) return `[${index}]${wrong}`;
    }
    return undefined;
  };
}

/** An object with these fields, perhaps those, and no others: a misspelt field would otherwise say nothing, and nobody would know. */
export function shape(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const all = new Map(Object.entries({ ...required, ...optional }));
  const names = Object.keys(required);
  return (value) => {
    if (!isRecord(value)) return ' must be an object';
    for (const field of names) if (value[field] === undefined) return `.${field} is missing`;
    for (const field in value) {
      const check = all.get(field);
      if (!check) return `.${field} is not known`;
      const wrong = check(value[field]);
      if (wrong !== undefined) return `.${field}${wrong}`;
    }
    return undefined;
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
