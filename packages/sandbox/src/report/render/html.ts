/** Markup that escapes what it is given: text becomes markup only through `html`. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | false | Part[];

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text that is neither a tag, nor an attribute's end, nor a character that no document may hold. */
export const escapeHtml = (value: string): string =>
  // eslint-disable-next-line no-control-regex -- those are the characters that HTML forbids
  value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "").replace(/[&<>"']/g, (found) => entities[found]!);

function textOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Markup) return part.text;
  return Array.isArray(part) ? part.map(textOf).join("") : escapeHtml(String(part));
}

/** A template whose parts are escaped, unless they are markup already. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  // The source's indentation is for its readers; thousands of rows need not carry it.
  const [first = "", ...rest] = strings.map((text) => text.replace(/\n\s*/g, "\n"));
  return new Markup(rest.reduce((text, next, index) => `${text}${textOf(parts[index])}${next}`, first));
}

/** Shortens to what fits, by the average width of a character in the page's font. */
export function fitted(text: string, pixels: number, fontSize = 12): string {
  const room = Math.max(3, Math.floor(pixels / (fontSize * 0.56)));
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

export const wholeNumber = (value: number): string => value.toLocaleString("en-US");

/** The word for so many: `change`, `changes`. */
export const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);

/** `1 change`, `2,000 changes`. */
export const counted = (count: number, word: string): string => `${wholeNumber(count)} ${plural(count, word)}`;

export const usd = (value: number): string =>
  value.toLocaleString("en-US", { style: "currency", currency: "USD", maximumFractionDigits: value < 100 ? 2 : 0 });
