/** What is told of a view whose live build is another now, where keys wait in it that did not before. */
export function parkedLines(view: string, newlyParked: number): string[] {
  if (newlyParked === 0) return [];
  return [
    `warning: ${newlyParked} keys that were answered until now are parked in it, and refused: see ` +
      `\`rapport projections parked ${view}\`; \`rapport projections rollback ${view}\` takes it back.`,
  ];
}
