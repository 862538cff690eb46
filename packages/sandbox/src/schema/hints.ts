const forcesNew =
  /forces? (?:a )?(?:new|replacement|recreation)|(?:changing|change|modifying|updating)[^.]{0,60} (?:will (?:create|force|recreate|replace|destroy)|forces|requires replacement)/i;

/**
 * Whether a property's doc comment says that a change replaces the resource. Sentences that speak of a part ("Forces new for
 * Multi-AZ DB clusters"), of a way to force something, or of another resource are left to the behaviour tables.
 */
export function saysForceNew(doc: string): boolean {
  return (
    forcesNew.test(doc) &&
    !/force a new (?:task )?deployment|forces? new for|force new resources downstream|"forces new"|triggers?By/i.test(
      doc,
    )
  );
}

const listIntroduction =
  /(?:^|\. |\) )(?:Valid values(?: are|:| are:)|Should be one of|Must be one of|Possible values are|The value is) ((?:`"?[\w.-]+"?`(?:, or |, and |, | or | and )?){2,12})(?:\.|$)/g;

/**
 * The values that a doc comment enumerates completely: "Valid values are `a`, `b` and `c`." Only one such sentence whose
 * whole content is the list counts; anything conditional, open ("include", "such as") or repeated gives nothing, because a
 * wrong refusal is worse than a late one.
 */
export function listedValues(doc: string): string[] | undefined {
  const lists = [...doc.matchAll(listIntroduction)];
  const [only] = lists;
  if (lists.length !== 1 || !only || /also (?:valid|supported|accepted)|valid values/.test(doc)) return undefined;
  const values = [...(only[1] ?? "").matchAll(/`"?([\w.-]+)"?`/g)].map((match) => match[1] ?? "");
  return values.every((value) => value !== "") ? values : undefined;
}
