import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ecrRepository } from "../shared/ecr-image.ts";
import type { Statement } from "../shared/iam-policy.ts";

/**
 * Rights to pull these images, and no other of the account. Images of other registries need none.
 *
 * @param images as a task or host names them, with tag or digest
 */
export function pullImages(images: string[], parent: pulumi.Resource): Statement<pulumi.Input<string>>[] {
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  const repositories = images.flatMap((image) => {
    const repository = ecrRepository(image);
    return repository === undefined
      ? []
      : [`${repository.region}:${repository.accountId}:repository/${repository.name}`];
  });
  if (repositories.length === 0) {
    return [];
  }
  return [
    // The token is the account's: ECR has no resource for it.
    { sid: "Registry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PullImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
      resources: [...new Set(repositories)].map((repository) => pulumi.interpolate`arn:${partition}:ecr:${repository}`),
    },
  ];
}
