/** A request that DynamoDB answers with `ValidationException`. The message is DynamoDB's own wherever it is known. */
export class Refusal extends Error {}
