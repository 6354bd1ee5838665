/**
 * Whether a route, such as `GET /users/me`, is about the caller's own account alone. Who hasn't verified their address may call only
 * these, where a deployment requires that.
 */
export function isOwnAccount(route: string): boolean {
  return / \/(?:auth|users\/me)(?:\/|$)/.test(route);
}
