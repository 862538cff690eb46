/** Where an image of a private ECR lies. */
interface EcrRepository {
  readonly accountId: string;
  readonly region: string;
  /** Such as `nvidia/dcgm-exporter`. */
  readonly name: string;
}

const ecrImage = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+)(?:[:@]\S+)?$/;

/** The repository of an image such as `123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1.4.0`; `undefined` for one of another registry. */
export function ecrRepository(image: string): EcrRepository | undefined {
  const [, accountId, region, name] = ecrImage.exec(image) ?? [];
  return accountId === undefined || region === undefined || name === undefined
    ? undefined
    : { accountId, region, name };
}

/** Whether an image is in a private ECR, which hosts without a way to the internet reach. */
export function isEcrImage(image: string): boolean {
  return ecrRepository(image) !== undefined;
}
