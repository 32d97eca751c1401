/** A rebuild cannot begin, or cannot be ended. What there was is as it was. */
export class NotRebuilt extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotRebuilt';
  }
}
