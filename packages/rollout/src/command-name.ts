/** What an operator types to reach this program, for messages that name its commands. */
export const commandName = process.env.ROLLOUT_COMMAND ?? "rollout";
