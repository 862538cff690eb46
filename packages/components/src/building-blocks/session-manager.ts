/** What Systems Manager's agent calls so that people reach a machine by Session Manager, with no SSH. AWS admits no resources here. */
export const sessionManagerActions = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];
