/** How a proxy leaves without a client noticing. All in seconds. */
export interface DrainPlan {
  /** How long the load balancer lets open connections end. */
  deregistrationDelaySeconds: number;
  /** Between two checks of the load balancer; it takes two to change its mind. */
  healthCheckIntervalSeconds: number;
  /** How long the proxy serves on after it was told to stop. */
  preStopSeconds: number;
  /** When Kubernetes kills it. */
  gracePeriodSeconds: number;
}

/** Checks in a row that make a target healthy or not (R102). */
export const healthCheckCount = 2;
/** How long one check waits for its answer. */
export const healthCheckTimeoutSeconds = 5;
const healthCheckIntervalSeconds = 10;
/** From the pod's end until the controller has deregistered it: a watch, a queue, an API call. */
const controllerSeconds = 15;
/** For the proxy's own end. */
const exitSeconds = 15;

/**
 * The order of a proxy's end: Kubernetes takes it from the endpoints, the controller deregisters it, the load balancer
 * lets its connections end; only then is the process told to stop. So it serves for as long as all of that takes.
 */
export function drainPlan(deregistrationDelaySeconds: number): DrainPlan {
  const preStopSeconds = deregistrationDelaySeconds + healthCheckCount * healthCheckIntervalSeconds + controllerSeconds;
  return {
    deregistrationDelaySeconds,
    healthCheckIntervalSeconds,
    preStopSeconds,
    gracePeriodSeconds: preStopSeconds + exitSeconds,
  };
}
