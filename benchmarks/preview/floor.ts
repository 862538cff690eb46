// What a preview cannot do without: a Node process that loads the SDKs that the program loads.
await Promise.all([
  import("@pulumi/pulumi"),
  import("@pulumi/aws"),
  import("@pulumi/awsx"),
  import("@pulumi/eks"),
  import("@pulumi/kubernetes"),
]);
