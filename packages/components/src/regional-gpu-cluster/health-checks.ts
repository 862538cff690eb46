/** How the load balancer judges a router task, seconds: it takes `changes` equal answers to change its mind (R101). */
export const routerHealthCheck = { intervalSeconds: 10, timeoutSeconds: 5, changes: 2 } as const;

/** How a router judges a GPU host, seconds: so many bad answers in a row take it out. */
export const hostHealthCheck = { intervalSeconds: 5, timeoutSeconds: 2, failures: 2 } as const;
