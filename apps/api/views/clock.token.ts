/** `Clock` is an interface, so it is injected by a token. */
export const CLOCK = Symbol('Clock');
