/**
 * Takes the clock and chance away from everything that runs after it: a projection that asked them would come to
 * something else each time. So it learns at once, and by name, that it does.
 */
export function takeClockAndChance(): void {
  const SystemDate = Date;
  const noClock = (): never => {
    throw new Error('A projection has no clock: take the time from the event (recordedAt, metadata.occurredAt).');
  };
  const PureDate = new Proxy(SystemDate, {
    construct: (target, args, newTarget) =>
      args.length === 0 ? noClock() : Reflect.construct(target, args, newTarget),
    apply: noClock,
    get: (target, property) => (property === 'now' ? noClock : Reflect.get(target, property)),
  });
  Object.defineProperty(SystemDate.prototype, 'constructor', { value: PureDate });
  globalThis.Date = PureDate;
  globalThis.performance.now = noClock;
  Math.random = () => {
    throw new Error('A projection has no randomness: it must come to the same each time.');
  };
}
