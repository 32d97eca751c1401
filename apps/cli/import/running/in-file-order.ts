/**
 * Puts what is found out of order back into the order in which it was asked for. Rows of one order then stand together
 * in the reject file, and a customer's rows in their order, so that it can be imported as the file was.
 */
export class InFileOrder<Item> {
  private readonly settled = new Map<number, readonly Item[]>();
  private asked = 0;
  private released = 0;
  private out: Item[] = [];

  constructor(private readonly write: (items: readonly Item[]) => Promise<void>) {}

  /** The place of what is asked for next. */
  ticket(): number {
    return this.asked++;
  }

  /** What was found for a ticket, most often nothing. */
  settle(ticket: number, items: readonly Item[]): void {
    this.settled.set(ticket, items);
    for (let next = this.settled.get(this.released); next; next = this.settled.get(this.released)) {
      for (const item of next) this.out.push(item);
      this.settled.delete(this.released++);
    }
  }

  /** Writes what is in order by now. */
  async flush(): Promise<void> {
    if (this.out.length === 0) return;
    const items = this.out;
    this.out = [];
    await this.write(items);
  }
}
