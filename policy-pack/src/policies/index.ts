// Written by scripts/rules-index.ts from the files of each family's folder.
import type { Rule } from "../rule.ts";
import { databaseNotPublic } from "./private-placement/database-not-public.ts";
import { ecsServiceNoPublicIp } from "./private-placement/ecs-service-no-public-ip.ts";
import { eksEndpointPrivate } from "./private-placement/eks-endpoint-private.ts";
import { instanceNoPublicIp } from "./private-placement/instance-no-public-ip.ts";
import { lambdaInVpc } from "./private-placement/lambda-in-vpc.ts";
import { noInternetPath } from "./private-placement/no-internet-path.ts";
import { noPeerPath } from "./private-placement/no-peer-path.ts";
import { publicHostClosed } from "./private-placement/public-host-closed.ts";
import { subnetNoPublicIp } from "./private-placement/subnet-no-public-ip.ts";
import { allPortsNotOpen } from "./exposure/all-ports-not-open.ts";
import { copiesNotPublic } from "./exposure/copies-not-public.ts";
import { dataPortsNotOpen } from "./exposure/data-ports-not-open.ts";
import { defaultGroupClosed } from "./exposure/default-group-closed.ts";
import { egressNotOpen } from "./exposure/egress-not-open.ts";
import { eksPublicAccessLimited } from "./exposure/eks-public-access-limited.ts";
import { httpNotOpen } from "./exposure/http-not-open.ts";
import { lambdaPermissionNotPublic } from "./exposure/lambda-permission-not-public.ts";
import { lambdaPermissionScoped } from "./exposure/lambda-permission-scoped.ts";
import { lambdaUrlAuthenticated } from "./exposure/lambda-url-authenticated.ts";
import { loadBalancerInternal } from "./exposure/load-balancer-internal.ts";
import { naclAllPortsNotOpen } from "./exposure/nacl-all-ports-not-open.ts";
import { naclFtpNotOpen } from "./exposure/nacl-ftp-not-open.ts";
import { naclRdpNotOpen } from "./exposure/nacl-rdp-not-open.ts";
import { naclSshNotOpen } from "./exposure/nacl-ssh-not-open.ts";
import { peeringRouteNarrow } from "./exposure/peering-route-narrow.ts";
import { prefixListNotOpen } from "./exposure/prefix-list-not-open.ts";
import { publicBalancerDeclared } from "./exposure/public-balancer-declared.ts";
import { publicPortsDeclared } from "./exposure/public-ports-declared.ts";
import { rdpNotOpen } from "./exposure/rdp-not-open.ts";
import { s3AclDisabled } from "./exposure/s3-acl-disabled.ts";
import { s3AclPrivate } from "./exposure/s3-acl-private.ts";
import { s3PublicAccessBlock } from "./exposure/s3-public-access-block.ts";
import { s3PublicAccessBlocked } from "./exposure/s3-public-access-blocked.ts";
import { securityGroupDescribed } from "./exposure/security-group-described.ts";
import { sshNotOpen } from "./exposure/ssh-not-open.ts";
import { transitGatewayNoAutoAccept } from "./exposure/transit-gateway-no-auto-accept.ts";
import { vpcDefaultGroupManaged } from "./exposure/vpc-default-group-managed.ts";
import { endpointServiceAcceptance } from "./privatelink/endpoint-service-acceptance.ts";
import { endpointServicePrincipals } from "./privatelink/endpoint-service-principals.ts";
import { endpointServiceTls } from "./privatelink/endpoint-service-tls.ts";
import { interfaceEndpointPrivate } from "./privatelink/interface-endpoint-private.ts";
import { nlbEnforcesOnPrivatelink } from "./privatelink/nlb-enforces-on-privatelink.ts";
import { nlbHasSecurityGroup } from "./privatelink/nlb-has-security-group.ts";
import { tenantsRegistered } from "./privatelink/tenants-registered.ts";
import { customerKey } from "./encryption-at-rest/customer-key.ts";
import { ebsDefaultEncryption } from "./encryption-at-rest/ebs-default-encryption.ts";
import { ebsEncrypted } from "./encryption-at-rest/ebs-encrypted.ts";
import { ecsExecEncrypted } from "./encryption-at-rest/ecs-exec-encrypted.ts";
import { efsEncrypted } from "./encryption-at-rest/efs-encrypted.ts";
import { eksSecretsEncrypted } from "./encryption-at-rest/eks-secrets-encrypted.ts";
import { elasticacheEncryptedAtRest } from "./encryption-at-rest/elasticache-encrypted-at-rest.ts";
import { lambdaEnvironmentKey } from "./encryption-at-rest/lambda-environment-key.ts";
import { launchTemplateCustomerKey } from "./encryption-at-rest/launch-template-customer-key.ts";
import { rdsEncrypted } from "./encryption-at-rest/rds-encrypted.ts";
import { rdsInsightsKey } from "./encryption-at-rest/rds-insights-key.ts";
import { s3BucketEncrypted } from "./encryption-at-rest/s3-bucket-encrypted.ts";
import { s3KmsEncryption } from "./encryption-at-rest/s3-kms-encryption.ts";
import { snsEncrypted } from "./encryption-at-rest/sns-encrypted.ts";
import { sqsEncrypted } from "./encryption-at-rest/sqs-encrypted.ts";
import { ssmSecureParameterKey } from "./encryption-at-rest/ssm-secure-parameter-key.ts";
import { ecsEfsTransit } from "./encryption-in-transit/ecs-efs-transit.ts";
import { elasticacheEncryptedInTransit } from "./encryption-in-transit/elasticache-encrypted-in-transit.ts";
import { elasticacheTransitAuth } from "./encryption-in-transit/elasticache-transit-auth.ts";
import { listenerTlsPolicy } from "./encryption-in-transit/listener-tls-policy.ts";
import { listenerTls } from "./encryption-in-transit/listener-tls.ts";
import { loadBalancerDesync } from "./encryption-in-transit/load-balancer-desync.ts";
import { loadBalancerDropsBadHeaders } from "./encryption-in-transit/load-balancer-drops-bad-headers.ts";
import { rdsForcesTls } from "./encryption-in-transit/rds-forces-tls.ts";
import { s3TlsOnly } from "./encryption-in-transit/s3-tls-only.ts";
import { targetGroupEncrypted } from "./encryption-in-transit/target-group-encrypted.ts";
import { attestationMeasurementExact } from "./keys/attestation-measurement-exact.ts";
import { kmsKeyEnabled } from "./keys/kms-key-enabled.ts";
import { kmsNoDecryptWithoutAttestation } from "./keys/kms-no-decrypt-without-attestation.ts";
import { kmsPolicyNoWildcard } from "./keys/kms-policy-no-wildcard.ts";
import { kmsRotation } from "./keys/kms-rotation.ts";
import { secretRotation90Days } from "./keys/secret-rotation-90-days.ts";
import { enclaveHostNoHibernation } from "./hosts/enclave-host-no-hibernation.ts";
import { hotTierTlsAndAuth } from "./hosts/hot-tier-tls-and-auth.ts";
import { imdsv2 } from "./hosts/imdsv2.ts";
import { instanceEbsOptimized } from "./hosts/instance-ebs-optimized.ts";
import { instanceMonitoring } from "./hosts/instance-monitoring.ts";
import { instanceProfile } from "./hosts/instance-profile.ts";
import { launchTemplateNotConfiguration } from "./hosts/launch-template-not-configuration.ts";
import { metadataHopLimit } from "./hosts/metadata-hop-limit.ts";
import { noSecretsInUserData } from "./hosts/no-secrets-in-user-data.ts";
import { noSshKey } from "./hosts/no-ssh-key.ts";
import { ecrImmutableTags } from "./workloads/ecr-immutable-tags.ts";
import { ecrScanOnPush } from "./workloads/ecr-scan-on-push.ts";
import { ecsLatestPlatform } from "./workloads/ecs-latest-platform.ts";
import { ecsLogs } from "./workloads/ecs-logs.ts";
import { ecsNoHostProcess } from "./workloads/ecs-no-host-process.ts";
import { ecsNotPrivileged } from "./workloads/ecs-not-privileged.ts";
import { ecsReadOnlyRoot } from "./workloads/ecs-read-only-root.ts";
import { ecsTwoRoles } from "./workloads/ecs-two-roles.ts";
import { helmReleaseTransparent } from "./workloads/helm-release-transparent.ts";
import { noSecretsInEnvironment } from "./workloads/no-secrets-in-environment.ts";
import { podDropsCapabilities } from "./workloads/pod-drops-capabilities.ts";
import { podImagePinned } from "./workloads/pod-image-pinned.ts";
import { podNoEscalation } from "./workloads/pod-no-escalation.ts";
import { podNoHostNamespaces } from "./workloads/pod-no-host-namespaces.ts";
import { podNoHostPath } from "./workloads/pod-no-host-path.ts";
import { podNoSecretsInEnv } from "./workloads/pod-no-secrets-in-env.ts";
import { podNonRoot } from "./workloads/pod-non-root.ts";
import { podNotInDefaultNamespace } from "./workloads/pod-not-in-default-namespace.ts";
import { podNotPrivileged } from "./workloads/pod-not-privileged.ts";
import { podOwnServiceAccount } from "./workloads/pod-own-service-account.ts";
import { podProbes } from "./workloads/pod-probes.ts";
import { podReadOnlyRoot } from "./workloads/pod-read-only-root.ts";
import { podResources } from "./workloads/pod-resources.ts";
import { podSeccomp } from "./workloads/pod-seccomp.ts";
import { serviceNotPublic } from "./workloads/service-not-public.ts";
import { ecrPolicyNotPublic } from "./iam/ecr-policy-not-public.ts";
import { iamNoAdminAttachment } from "./iam/iam-no-admin-attachment.ts";
import { iamNoAdmin } from "./iam/iam-no-admin.ts";
import { iamNoDataStar } from "./iam/iam-no-data-star.ts";
import { iamNoFullIam } from "./iam/iam-no-full-iam.ts";
import { iamNoPrivilegeEscalation } from "./iam/iam-no-privilege-escalation.ts";
import { iamNoStarAction } from "./iam/iam-no-star-action.ts";
import { iamNotOnUsers } from "./iam/iam-not-on-users.ts";
import { iamResourcesNamed } from "./iam/iam-resources-named.ts";
import { lambdaCodeSigned } from "./iam/lambda-code-signed.ts";
import { queueTopicPolicyNotPublic } from "./iam/queue-topic-policy-not-public.ts";
import { rdsIamAuthentication } from "./iam/rds-iam-authentication.ts";
import { s3PolicyNoEverybody } from "./iam/s3-policy-no-everybody.ts";
import { s3PolicyNoLockout } from "./iam/s3-policy-no-lockout.ts";
import { secretPolicyNotPublic } from "./iam/secret-policy-not-public.ts";
import { trustGithubRepository } from "./iam/trust-github-repository.ts";
import { trustNoAccountRoot } from "./iam/trust-no-account-root.ts";
import { trustNoEverybody } from "./iam/trust-no-everybody.ts";
import { eksControlPlaneLogs } from "./logging/eks-control-plane-logs.ts";
import { flowLogTraffic } from "./logging/flow-log-traffic.ts";
import { lambdaTracing } from "./logging/lambda-tracing.ts";
import { loadBalancerAccessLogs } from "./logging/load-balancer-access-logs.ts";
import { logRetentionYear } from "./logging/log-retention-year.ts";
import { logRetention } from "./logging/log-retention.ts";
import { rdsEnhancedMonitoring } from "./logging/rds-enhanced-monitoring.ts";
import { rdsLogExports } from "./logging/rds-log-exports.ts";
import { rdsPerformanceInsights } from "./logging/rds-performance-insights.ts";
import { s3BucketLogged } from "./logging/s3-bucket-logged.ts";
import { vpcFlowLogs } from "./logging/vpc-flow-logs.ts";
import { dynamodbRecovery } from "./deletion/dynamodb-recovery.ts";
import { kmsDeletionWindow } from "./deletion/kms-deletion-window.ts";
import { loadBalancerDeletionProtection } from "./deletion/load-balancer-deletion-protection.ts";
import { noForceDestroy } from "./deletion/no-force-destroy.ts";
import { rdsBackups } from "./deletion/rds-backups.ts";
import { rdsDeletionProtection } from "./deletion/rds-deletion-protection.ts";
import { rdsFinalSnapshot } from "./deletion/rds-final-snapshot.ts";
import { s3BucketVersioned } from "./deletion/s3-bucket-versioned.ts";
import { s3LifecycleAbortsUploads } from "./deletion/s3-lifecycle-aborts-uploads.ts";
import { secretRecoveryWindow } from "./deletion/secret-recovery-window.ts";
import { asgHealthChecks } from "./resilience/asg-health-checks.ts";
import { eksVersionSupported } from "./resilience/eks-version-supported.ts";
import { lambdaDeadLetters } from "./resilience/lambda-dead-letters.ts";
import { lambdaRuntimeSupported } from "./resilience/lambda-runtime-supported.ts";
import { loadBalancerCrossZone } from "./resilience/load-balancer-cross-zone.ts";
import { loadBalancerZones } from "./resilience/load-balancer-zones.ts";
import { natPerZone } from "./resilience/nat-per-zone.ts";
import { rdsCaCurrent } from "./resilience/rds-ca-current.ts";
import { rdsMultiAz } from "./resilience/rds-multi-az.ts";
import { s3BucketReplicated } from "./resilience/s3-bucket-replicated.ts";
import { targetGroupHealthCheck } from "./resilience/target-group-health-check.ts";
import { threeZones } from "./resilience/three-zones.ts";
import { asgTagsPropagate } from "./tagging/asg-tags-propagate.ts";
import { launchTemplateTags } from "./tagging/launch-template-tags.ts";
import { rdsCopiesTags } from "./tagging/rds-copies-tags.ts";
import { requiredTags } from "./tagging/required-tags.ts";
import { tagValues } from "./tagging/tag-values.ts";
import { asgSizeLimited } from "./cost/asg-size-limited.ts";
import { ebsGp3 } from "./cost/ebs-gp3.ts";
import { lambdaConcurrencyLimited } from "./cost/lambda-concurrency-limited.ts";
import { monthlyBudget } from "./cost/monthly-budget.ts";
import { s3BucketLifecycle } from "./cost/s3-bucket-lifecycle.ts";
import { securityGroupQuota } from "./cost/security-group-quota.ts";
import { dataPathAcknowledged } from "./change/data-path-acknowledged.ts";
import { noDeleteBeforeReplace } from "./change/no-delete-before-replace.ts";

/** Every rule of the pack, in the order of the catalogue. */
export const allRules: readonly Rule[] = [
  databaseNotPublic,
  ecsServiceNoPublicIp,
  eksEndpointPrivate,
  instanceNoPublicIp,
  lambdaInVpc,
  noInternetPath,
  noPeerPath,
  publicHostClosed,
  subnetNoPublicIp,
  allPortsNotOpen,
  copiesNotPublic,
  dataPortsNotOpen,
  defaultGroupClosed,
  egressNotOpen,
  eksPublicAccessLimited,
  httpNotOpen,
  lambdaPermissionNotPublic,
  lambdaPermissionScoped,
  lambdaUrlAuthenticated,
  loadBalancerInternal,
  naclAllPortsNotOpen,
  naclFtpNotOpen,
  naclRdpNotOpen,
  naclSshNotOpen,
  peeringRouteNarrow,
  prefixListNotOpen,
  publicBalancerDeclared,
  publicPortsDeclared,
  rdpNotOpen,
  s3AclDisabled,
  s3AclPrivate,
  s3PublicAccessBlock,
  s3PublicAccessBlocked,
  securityGroupDescribed,
  sshNotOpen,
  transitGatewayNoAutoAccept,
  vpcDefaultGroupManaged,
  endpointServiceAcceptance,
  endpointServicePrincipals,
  endpointServiceTls,
  interfaceEndpointPrivate,
  nlbEnforcesOnPrivatelink,
  nlbHasSecurityGroup,
  tenantsRegistered,
  customerKey,
  ebsDefaultEncryption,
  ebsEncrypted,
  ecsExecEncrypted,
  efsEncrypted,
  eksSecretsEncrypted,
  elasticacheEncryptedAtRest,
  lambdaEnvironmentKey,
  launchTemplateCustomerKey,
  rdsEncrypted,
  rdsInsightsKey,
  s3BucketEncrypted,
  s3KmsEncryption,
  snsEncrypted,
  sqsEncrypted,
  ssmSecureParameterKey,
  ecsEfsTransit,
  elasticacheEncryptedInTransit,
  elasticacheTransitAuth,
  listenerTlsPolicy,
  listenerTls,
  loadBalancerDesync,
  loadBalancerDropsBadHeaders,
  rdsForcesTls,
  s3TlsOnly,
  targetGroupEncrypted,
  attestationMeasurementExact,
  kmsKeyEnabled,
  kmsNoDecryptWithoutAttestation,
  kmsPolicyNoWildcard,
  kmsRotation,
  secretRotation90Days,
  enclaveHostNoHibernation,
  hotTierTlsAndAuth,
  imdsv2,
  instanceEbsOptimized,
  instanceMonitoring,
  instanceProfile,
  launchTemplateNotConfiguration,
  metadataHopLimit,
  noSecretsInUserData,
  noSshKey,
  ecrImmutableTags,
  ecrScanOnPush,
  ecsLatestPlatform,
  ecsLogs,
  ecsNoHostProcess,
  ecsNotPrivileged,
  ecsReadOnlyRoot,
  ecsTwoRoles,
  helmReleaseTransparent,
  noSecretsInEnvironment,
  podDropsCapabilities,
  podImagePinned,
  podNoEscalation,
  podNoHostNamespaces,
  podNoHostPath,
  podNoSecretsInEnv,
  podNonRoot,
  podNotInDefaultNamespace,
  podNotPrivileged,
  podOwnServiceAccount,
  podProbes,
  podReadOnlyRoot,
  podResources,
  podSeccomp,
  serviceNotPublic,
  ecrPolicyNotPublic,
  iamNoAdminAttachment,
  iamNoAdmin,
  iamNoDataStar,
  iamNoFullIam,
  iamNoPrivilegeEscalation,
  iamNoStarAction,
  iamNotOnUsers,
  iamResourcesNamed,
  lambdaCodeSigned,
  queueTopicPolicyNotPublic,
  rdsIamAuthentication,
  s3PolicyNoEverybody,
  s3PolicyNoLockout,
  secretPolicyNotPublic,
  trustGithubRepository,
  trustNoAccountRoot,
  trustNoEverybody,
  eksControlPlaneLogs,
  flowLogTraffic,
  lambdaTracing,
  loadBalancerAccessLogs,
  logRetentionYear,
  logRetention,
  rdsEnhancedMonitoring,
  rdsLogExports,
  rdsPerformanceInsights,
  s3BucketLogged,
  vpcFlowLogs,
  dynamodbRecovery,
  kmsDeletionWindow,
  loadBalancerDeletionProtection,
  noForceDestroy,
  rdsBackups,
  rdsDeletionProtection,
  rdsFinalSnapshot,
  s3BucketVersioned,
  s3LifecycleAbortsUploads,
  secretRecoveryWindow,
  asgHealthChecks,
  eksVersionSupported,
  lambdaDeadLetters,
  lambdaRuntimeSupported,
  loadBalancerCrossZone,
  loadBalancerZones,
  natPerZone,
  rdsCaCurrent,
  rdsMultiAz,
  s3BucketReplicated,
  targetGroupHealthCheck,
  threeZones,
  asgTagsPropagate,
  launchTemplateTags,
  rdsCopiesTags,
  requiredTags,
  tagValues,
  asgSizeLimited,
  ebsGp3,
  lambdaConcurrencyLimited,
  monthlyBudget,
  s3BucketLifecycle,
  securityGroupQuota,
  dataPathAcknowledged,
  noDeleteBeforeReplace,
];

export {
  databaseNotPublic,
  ecsServiceNoPublicIp,
  eksEndpointPrivate,
  instanceNoPublicIp,
  lambdaInVpc,
  noInternetPath,
  noPeerPath,
  publicHostClosed,
  subnetNoPublicIp,
  allPortsNotOpen,
  copiesNotPublic,
  dataPortsNotOpen,
  defaultGroupClosed,
  egressNotOpen,
  eksPublicAccessLimited,
  httpNotOpen,
  lambdaPermissionNotPublic,
  lambdaPermissionScoped,
  lambdaUrlAuthenticated,
  loadBalancerInternal,
  naclAllPortsNotOpen,
  naclFtpNotOpen,
  naclRdpNotOpen,
  naclSshNotOpen,
  peeringRouteNarrow,
  prefixListNotOpen,
  publicBalancerDeclared,
  publicPortsDeclared,
  rdpNotOpen,
  s3AclDisabled,
  s3AclPrivate,
  s3PublicAccessBlock,
  s3PublicAccessBlocked,
  securityGroupDescribed,
  sshNotOpen,
  transitGatewayNoAutoAccept,
  vpcDefaultGroupManaged,
  endpointServiceAcceptance,
  endpointServicePrincipals,
  endpointServiceTls,
  interfaceEndpointPrivate,
  nlbEnforcesOnPrivatelink,
  nlbHasSecurityGroup,
  tenantsRegistered,
  customerKey,
  ebsDefaultEncryption,
  ebsEncrypted,
  ecsExecEncrypted,
  efsEncrypted,
  eksSecretsEncrypted,
  elasticacheEncryptedAtRest,
  lambdaEnvironmentKey,
  launchTemplateCustomerKey,
  rdsEncrypted,
  rdsInsightsKey,
  s3BucketEncrypted,
  s3KmsEncryption,
  snsEncrypted,
  sqsEncrypted,
  ssmSecureParameterKey,
  ecsEfsTransit,
  elasticacheEncryptedInTransit,
  elasticacheTransitAuth,
  listenerTlsPolicy,
  listenerTls,
  loadBalancerDesync,
  loadBalancerDropsBadHeaders,
  rdsForcesTls,
  s3TlsOnly,
  targetGroupEncrypted,
  attestationMeasurementExact,
  kmsKeyEnabled,
  kmsNoDecryptWithoutAttestation,
  kmsPolicyNoWildcard,
  kmsRotation,
  secretRotation90Days,
  enclaveHostNoHibernation,
  hotTierTlsAndAuth,
  imdsv2,
  instanceEbsOptimized,
  instanceMonitoring,
  instanceProfile,
  launchTemplateNotConfiguration,
  metadataHopLimit,
  noSecretsInUserData,
  noSshKey,
  ecrImmutableTags,
  ecrScanOnPush,
  ecsLatestPlatform,
  ecsLogs,
  ecsNoHostProcess,
  ecsNotPrivileged,
  ecsReadOnlyRoot,
  ecsTwoRoles,
  helmReleaseTransparent,
  noSecretsInEnvironment,
  podDropsCapabilities,
  podImagePinned,
  podNoEscalation,
  podNoHostNamespaces,
  podNoHostPath,
  podNoSecretsInEnv,
  podNonRoot,
  podNotInDefaultNamespace,
  podNotPrivileged,
  podOwnServiceAccount,
  podProbes,
  podReadOnlyRoot,
  podResources,
  podSeccomp,
  serviceNotPublic,
  ecrPolicyNotPublic,
  iamNoAdminAttachment,
  iamNoAdmin,
  iamNoDataStar,
  iamNoFullIam,
  iamNoPrivilegeEscalation,
  iamNoStarAction,
  iamNotOnUsers,
  iamResourcesNamed,
  lambdaCodeSigned,
  queueTopicPolicyNotPublic,
  rdsIamAuthentication,
  s3PolicyNoEverybody,
  s3PolicyNoLockout,
  secretPolicyNotPublic,
  trustGithubRepository,
  trustNoAccountRoot,
  trustNoEverybody,
  eksControlPlaneLogs,
  flowLogTraffic,
  lambdaTracing,
  loadBalancerAccessLogs,
  logRetentionYear,
  logRetention,
  rdsEnhancedMonitoring,
  rdsLogExports,
  rdsPerformanceInsights,
  s3BucketLogged,
  vpcFlowLogs,
  dynamodbRecovery,
  kmsDeletionWindow,
  loadBalancerDeletionProtection,
  noForceDestroy,
  rdsBackups,
  rdsDeletionProtection,
  rdsFinalSnapshot,
  s3BucketVersioned,
  s3LifecycleAbortsUploads,
  secretRecoveryWindow,
  asgHealthChecks,
  eksVersionSupported,
  lambdaDeadLetters,
  lambdaRuntimeSupported,
  loadBalancerCrossZone,
  loadBalancerZones,
  natPerZone,
  rdsCaCurrent,
  rdsMultiAz,
  s3BucketReplicated,
  targetGroupHealthCheck,
  threeZones,
  asgTagsPropagate,
  launchTemplateTags,
  rdsCopiesTags,
  requiredTags,
  tagValues,
  asgSizeLimited,
  ebsGp3,
  lambdaConcurrencyLimited,
  monthlyBudget,
  s3BucketLifecycle,
  securityGroupQuota,
  dataPathAcknowledged,
  noDeleteBeforeReplace,
};
