/** The one part of kafkajs beyond what it exports that is used here: see request-queue.ts. */
declare module "kafkajs/src/network/requestQueue/index.js" {
  export default class RequestQueue {
    constructor(options: {
      readonly requestTimeout: number;
      readonly clientId: string;
      readonly broker: string;
      readonly logger: { debug(message: string, detail?: object): void };
    });
    readonly pending: readonly unknown[];
    throttleCheckTimeoutId: unknown;
    scheduleCheckPendingRequests(): void;
    checkPendingRequests(): void;
    destroy(): void;
  }
}
