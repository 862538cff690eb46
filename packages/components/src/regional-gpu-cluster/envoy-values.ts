/** A value of Envoy's configuration, as JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The name that the certificate of routers and GPU hosts carries. */
export const certificateName = "gpu.mrgc.internal";

/** Environment variables in which ECS gives the router the certificate, from Secrets Manager. */
export const certificateVariables = {
  certificate: "TLS_CERTIFICATE",
  privateKey: "TLS_PRIVATE_KEY",
  authority: "TLS_AUTHORITY",
} as const;

/** A duration as Envoy takes it. */
export const seconds = (count: number): string => `${count}s`;
/** The type of an extension. */
export const type = (name: string): { "@type": string } => ({ "@type": `type.googleapis.com/${name}` });

/** An address to listen on, or to be resolved and called. */
export function socket(address: string, port: number): Json {
  return { socket_address: { address, port_value: port } };
}

/** The certificate that a router shows to callers and to hosts. */
export function certificates(): Json {
  return [
    {
      certificate_chain: { environment_variable: certificateVariables.certificate },
      private_key: { environment_variable: certificateVariables.privateKey },
    },
  ];
}

/** TLS 1.2 at least. */
export const tlsParams: Json = { tls_minimum_protocol_version: "TLSv1_2" };
