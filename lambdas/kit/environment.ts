/** A setting that the template gives to the function. Throws at once when it is missing: a fault of the deployment. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment lacks ${name}`);
  return value;
}
