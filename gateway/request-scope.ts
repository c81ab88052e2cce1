/** Which request or frame the running code works for: its id and its arrival, for whatever happens on its behalf. */
import { AsyncLocalStorage } from "node:async_hooks";

export interface RequestScope {
  /** Of a frame: the id of the socket it came through. */
  readonly requestId: string;
  /** As performance.now() tells. */
  readonly arrivedAt: number;
}

const scopes = new AsyncLocalStorage<RequestScope>();

export function inRequest<T>(scope: RequestScope, work: () => T): T {
  return scopes.run(scope, work);
}

export function currentRequest(): RequestScope | undefined {
  return scopes.getStore();
}
