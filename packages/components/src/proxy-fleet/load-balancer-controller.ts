import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";
import { identify, podRole, targetStatements } from "./identities.ts";
import { controller, controllerAccount, type InCluster, type Rights } from "./kubernetes.ts";
import { appLabels } from "./placement.ts";
import { elbGroup, ingressClassParamsKind, targetGroupBindingKind } from "./target-group-binding.ts";

const app = "aws-load-balancer-controller";
const namespace = "kube-system";
const certificateSecret = `${app}-webhook-tls`;
const webhookService = `${app}-webhook`;
const webhookPort = 9443;
/** Namespaces with this label get a readiness gate in their pods: a rollout waits until the load balancer has each new one. */
export const readinessGateLabel = { [`${elbGroup}/pod-readiness-gate-inject`]: "enabled" };

/** What the controller needs to know. */
export interface LoadBalancerControllerSpec {
  clusterName: pulumi.Input<string>;
  region: string;
  vpcId: pulumi.Input<string>;
  image: pulumi.Input<string>;
  /** Target groups that pods may join. */
  targetGroupArns: pulumi.Input<string>[];
  tags: Tags;
}

/**
 * AWS Load Balancer Controller v3.5.0, as plain objects and without what this fleet does not use: it joins pods to target
 * groups. It makes no load balancers, for Services, Ingresses or Gateways, and has no right to. Installed are its kind
 * `TargetGroupBinding` (and the empty `IngressClassParams`, which it watches in every cluster), its account and rights, two replicas, the webhook that adds readiness gates and that webhook's
 * certificate, which the add-on cert-manager signs.
 *
 * @returns what pods with a readiness gate have to wait for
 */
export function createLoadBalancerController(
  name: string,
  spec: LoadBalancerControllerSpec,
  options: InCluster,
): pulumi.Resource[] {
  const { parent } = options;
  const { clusterName, tags } = spec;
  const kind = targetGroupBindingKind(`${name}-binding-kind`, options);
  const watched = ingressClassParamsKind(`${name}-class-kind`, options);
  const statements = targetStatements(spec.targetGroupArns);
  const role = podRole(`${name}-aws-role`, { description: "Joins pods to target groups", statements, tags }, parent);
  const identity = identify(`${name}-identity`, { clusterName, namespace, serviceAccount: app, role, tags }, parent);
  const account = controllerAccount(name, app, namespace, rights, options);
  const certificate = webhookCertificate(name, options);
  const deployment = controller(
    name,
    {
      app,
      namespace,
      image: spec.image,
      args: [
        pulumi.interpolate`--cluster-name=${spec.clusterName}`,
        `--aws-region=${spec.region}`,
        pulumi.interpolate`--aws-vpc-id=${spec.vpcId}`,
        "--enable-shield=false",
        "--enable-waf=false",
        "--enable-wafv2=false",
        "--enable-backend-security-group=false",
        // Endpoints end at 1,000 addresses, slices do not.
        "--enable-endpoint-slices=true",
        "--feature-gates=EnableServiceController=false,NLBGatewayAPI=false,ALBGatewayAPI=false",
      ],
      ports: [
        { name: "webhook", containerPort: webhookPort },
        { name: "metrics", containerPort: 8080 },
      ],
      liveness: { path: "/healthz", port: 61_779 },
      readiness: { path: "/readyz", port: 61_779 },
      memory: "512Mi",
      volumeMounts: [{ name: "cert", mountPath: "/tmp/k8s-webhook-server/serving-certs", readOnly: true }],
      volumes: [{ name: "cert", secret: { secretName: certificateSecret, defaultMode: 0o440 } }],
    },
    { ...options, dependsOn: [...(options.dependsOn ?? []), kind, watched, account, identity, certificate] },
  );
  return [deployment, readinessGates(name, { ...options, dependsOn: [deployment] }), kind];
}

/** A certificate for the webhook, signed by an issuer that signs itself: the API server is told whom to trust. */
function webhookCertificate(name: string, options: InCluster): k8s.apiextensions.CustomResource {
  const apiVersion = "cert-manager.io/v1";
  const labels = appLabels(app);
  const issuer = new k8s.apiextensions.CustomResource(
    `${name}-issuer`,
    { apiVersion, kind: "Issuer", metadata: { name: app, namespace, labels }, spec: { selfSigned: {} } },
    options,
  );
  return new k8s.apiextensions.CustomResource(
    `${name}-certificate`,
    {
      apiVersion,
      kind: "Certificate",
      metadata: { name: app, namespace, labels },
      spec: {
        secretName: certificateSecret,
        dnsNames: [`${webhookService}.${namespace}.svc`, `${webhookService}.${namespace}.svc.cluster.local`],
        issuerRef: { kind: "Issuer", name: app },
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      },
    },
    { ...options, dependsOn: [...(options.dependsOn ?? []), issuer] },
  );
}

/** The webhook that adds the gates. Pods start without one when it is away: a rollout must not hang on it. */
function readinessGates(name: string, options: InCluster): pulumi.Resource {
  const labels = appLabels(app);
  const service = new k8s.core.v1.Service(
    `${name}-webhook-service`,
    {
      metadata: { name: webhookService, namespace, labels },
      spec: { selector: { app }, ports: [{ name: "webhook", port: 443, targetPort: webhookPort }] },
    },
    options,
  );
  return new k8s.admissionregistration.v1.MutatingWebhookConfiguration(
    `${name}-webhook`,
    {
      metadata: {
        name: app,
        labels,
        annotations: { "cert-manager.io/inject-ca-from": `${namespace}/${app}` },
      },
      webhooks: [
        {
          name: `mpod.${elbGroup}`,
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Ignore",
          namespaceSelector: { matchLabels: readinessGateLabel },
          clientConfig: { service: { name: webhookService, namespace, path: "/mutate-v1-pod" } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        },
      ],
    },
    // cert-manager writes the authority into it.
    { ...options, dependsOn: [service], ignoreChanges: ["webhooks[0].clientConfig.caBundle"] },
  );
}

const read = ["get", "list", "watch"];

/** What the controller reads, and the status of bindings and pods that it writes. It watches Ingresses even if it serves none. */
const rights: Rights = {
  everywhere: [
    { apiGroups: [""], resources: ["endpoints", "namespaces", "nodes", "pods", "services"], verbs: read },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    { apiGroups: [""], resources: ["pods/status"], verbs: ["patch", "update"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
    { apiGroups: [elbGroup], resources: ["ingressclassparams"], verbs: read },
    { apiGroups: [elbGroup], resources: ["targetgroupbindings"], verbs: [...read, "patch", "update"] },
    { apiGroups: [elbGroup], resources: ["targetgroupbindings/status"], verbs: ["patch", "update"] },
  ],
  inNamespace: [
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
    {
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      resourceNames: [`${app}-leader`],
      verbs: ["get", "patch", "update"],
    },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
    {
      apiGroups: [""],
      resources: ["configmaps"],
      resourceNames: [`${app}-leader`],
      verbs: ["get", "patch", "update"],
    },
  ],
};
