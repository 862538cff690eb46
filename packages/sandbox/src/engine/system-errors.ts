/** What the operating system refuses is the user's to mend, as a wrong argument is: it gets a message, not a stack trace. */
import { UserError } from "./model.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied; give this user the right to it, or name another folder for the state with --state-dir",
  EPERM: "permission denied; give this user the right to it, or name another folder for the state with --state-dir",
  EROFS: "the file system is read-only; name a folder that can be written with --state-dir",
  ENOSPC: "no space is left on the device; free some and run the command again: it goes on from the last finished step",
  EDQUOT: "the disk quota is used up; free some and run the command again: it goes on from the last finished step",
  EFBIG:
    "the file would be larger than this process may write (`ulimit -f`); raise the limit and run the command again",
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is a file and no folder",
  EISDIR: "it is a folder; expected a file",
  EMFILE: "too many files are open; raise the limit (`ulimit -n`)",
  ENFILE: "too many files are open on this machine",
};

/** An error that a person can mend, with its mend; undefined for a fault of the sandbox. */
export function asUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  if (!(error instanceof Error)) return undefined;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return undefined;
  const subject = path ?? (syscall === undefined ? "a file" : `a file (${syscall})`);
  return new UserError(`${subject}: ${reason}`, { cause: error });
}
