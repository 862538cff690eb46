/** The tree of a run while it goes on: a stack, its components, and what each is doing. Pure: state in, lines out. */
import { StepKind, type Step } from "../engine/model.ts";
import { parseUrn, rootStackType } from "../engine/urn.ts";
import { describeUrn, type Palette, wordsFor } from "./format.ts";

/** What became of one branch's resources so far. */
interface Branch {
  done: number;
  changed: number;
  failed: number;
  running: Map<Step, number>;
}

/** Resources that stand below no component. */
const looseBranch = "other resources";

/** The top-level component of a resource, by its type: `Network` for everything below `mrgc:index:Network`. */
export function branchOf(urn: string): string {
  const { qualifiedType } = parseUrn(urn);
  const [top = "", ...below] = qualifiedType.split("$");
  if (top === rootStackType || (below.length === 0 && !top.includes(":index:"))) {
    return looseBranch;
  }
  return top.slice(top.lastIndexOf(":") + 1);
}

/** Collects the steps of one stack by component. */
export class StackTree {
  readonly #branches = new Map<string, Branch>();

  began(step: Step, now: number): void {
    const { running } = this.#branch(step);
    // A CLI's component goes on until its children are there: they are what takes the time.
    if (step.state?.custom !== false) running.set(step, now);
  }

  ended(step: Step, failed: boolean): void {
    const branch = this.#branch(step);
    branch.running.delete(step);
    branch.done += 1;
    branch.failed += failed ? 1 : 0;
    branch.changed += step.kind === StepKind.Same ? 0 : 1;
  }

  /**
   * A line for each component: how many of its resources are done, and the step that takes longest.
   *
   * @param rows lines that there is room for; components at work come first when there are more
   */
  lines(now: number, rows: number, palette: Palette): string[] {
    const branches = [...this.#branches].sort(([a], [b]) => Number(a === looseBranch) - Number(b === looseBranch));
    const atWork = branches.filter(([, branch]) => branch.running.size > 0 || branch.failed > 0);
    const shown = branches.length <= rows ? branches : atWork.slice(0, Math.max(0, rows));
    return shown.map(([name, branch], index) => {
      const twig = index === shown.length - 1 ? "└─" : "├─";
      return `  ${palette.paint("gray", twig)} ${name.padEnd(20)} ${describeBranch(branch, now, palette)}`;
    });
  }

  #branch(step: Step): Branch {
    const name = branchOf(step.urn);
    let branch = this.#branches.get(name);
    if (branch === undefined) {
      branch = { done: 0, changed: 0, failed: 0, running: new Map() };
      this.#branches.set(name, branch);
    }
    return branch;
  }
}

function describeBranch(branch: Branch, now: number, palette: Palette): string {
  const { done, changed, failed, running } = branch;
  const counts = changed === done ? `${done}` : `${done}, ${changed} of them changed`;
  const trouble = failed === 0 ? "" : ` ${palette.paint("red", `${failed} failed`)}`;
  const [longest] = [...running].sort(([, a], [, b]) => a - b);
  if (longest === undefined) {
    return `${counts}${trouble}`;
  }
  const [step, since] = longest;
  const { present, style } = wordsFor(step.kind);
  const more = running.size === 1 ? "" : `, ${running.size - 1} more`;
  const doing = `${palette.paint(style, present)} ${describeUrn(step.urn)} ${((now - since) / 1000).toFixed(0)} s${more}`;
  return `${counts}${trouble}  ${doing}`;
}
