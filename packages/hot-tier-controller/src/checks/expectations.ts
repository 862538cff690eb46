/** How a packet gets from this machine to the other: what may be expected of it depends on that alone. */
export const Path = {
  /** Both in one Availability Zone. */
  OwnZone: "own zone",
  /** In two zones of the region. */
  AnotherZone: "another zone",
  /** To this machine itself, by whatever address: no network in between, so that no expectation applies. */
  Loopback: "loopback",
  /** The zone of one end is not known. */
  Unknown: "zone unknown",
} as const;
export type Path = (typeof Path)[keyof typeof Path];

/** What is promised of a latency, in milliseconds. */
export interface LatencyExpectation {
  /** What half of the samples take, for the reader: nothing is judged by it. */
  readonly typicalMs: number;
  /** 99 of 100 are at most this. */
  readonly limitMs: number;
  /** Above this at the 99th percentile it is a failure, however good the median is. Default: none. */
  readonly ceilingMs?: number;
  /** Where the numbers come from. */
  readonly source: string;
}

type ByPath = Partial<Record<Path, LatencyExpectation>>;

/** MEMO-077's service level for a request through everything (R118): the cache alone may not use it up. */
const requestCeilingMs = 10;

/** What a zone's border adds at worst: 2.1 ms across less the 0.45 ms inside. */
const borderMs = 2.1 - 0.45;

/** One round trip between two machines: 100 pings in MEMO-077, appendix D (R121), minimum/average/maximum. */
export const roundTripExpectations: ByPath = {
  [Path.OwnZone]: { typicalMs: 0.25, limitMs: 0.45, source: "MEMO-077 app. D: ping 0.15/0.25/0.45 ms in a zone" },
  [Path.AnotherZone]: { typicalMs: 1.2, limitMs: 2.1, source: "MEMO-077 app. D: ping 0.8/1.2/2.1 ms between zones" },
};

/** A connection through a load balancer: the tenant documents give 2 to 5 ms from it to the router, and their claims disagree (E13). */
export const balancerExpectation: LatencyExpectation = {
  typicalMs: 2,
  limitMs: 5,
  source: "latency breakdown: NLB to router 2-5 ms (E13: its sums disagree)",
};

/**
 * A command of the cache, as the client sees it. Inside a zone: MEMO-077's read and write path and its phase 5, "0.8 ms p99
 * Redis" (R118). Between zones it gives only an average of 1.05 ms, for GET: the limit is that of the own zone and the
 * border's own part.
 */
export const commandExpectations: Readonly<Record<"GET" | "SET", ByPath>> = {
  GET: {
    [Path.OwnZone]: {
      typicalMs: 0.2,
      limitMs: 0.8,
      ceilingMs: requestCeilingMs,
      source: "MEMO-077 read path: 0.2 ms p50, 0.8 ms p99; app. D: 0.18 ms average",
    },
    [Path.AnotherZone]: {
      typicalMs: 1.05,
      limitMs: 0.8 + borderMs,
      ceilingMs: requestCeilingMs,
      source: "MEMO-077 app. D: 1.05 ms average; limit derived: 0.8 ms and the border's 1.65 ms",
    },
  },
  SET: {
    [Path.OwnZone]: {
      typicalMs: 0.3,
      limitMs: 1,
      ceilingMs: requestCeilingMs,
      source: "MEMO-077 write path: 0.3 ms p50, 1.0 ms p99",
    },
    [Path.AnotherZone]: {
      typicalMs: 0.3 + 1.05 - 0.18,
      limitMs: 1 + borderMs,
      ceilingMs: requestCeilingMs,
      source: "derived: MEMO-077 write path and the border's 1.65 ms",
    },
  },
};

/** Of all operations, at most this share may fail: "error rate < 0.01 %" (R118). */
export const errorShareLimit = { share: 0.0001, source: "MEMO-077 phase 6: error rate < 0.01 %" };

/**
 * Bits a second between two machines. MEMO-077 measured 10.2 Gbit/s in 60 s (app. C, R121) and calls it the baseline; it is a
 * burst (up to 12.5 Gbps): what r6i.4xlarge keeps is 6.25 Gbps (E23), and less if the other end's type has less.
 */
export const throughputExpectation = {
  baselineBitsPerSecond: 6.25e9,
  /** Of the baseline that arrives as payload: frames of 1,500 bytes carry 1,448, and 38 more are on the wire. */
  payloadShare: 1448 / 1538,
  source: "E23: r6i.4xlarge keeps 6.25 Gbps; MEMO-077 app. C's 10.2 Gbit/s is a burst",
};
