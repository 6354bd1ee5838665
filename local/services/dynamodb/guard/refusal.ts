/** A request that DynamoDB answers with `ValidationException`. The message is DynamoDB's own wherever it is known. */
export class Refusal extends Error {}

/** The refusal of a value, whose messages begin alike. */
export const invalidValues = (why: string) => new Refusal(`One or more parameter values were invalid: ${why}`);
