import { join } from 'node:path';

/** A listener of the named broker that takes TLS and SASL, and whom it knows. */
export interface SecuredBroker {
  brokers: string[];
  /** The authority that its certificate is to be checked by. */
  ca: string;
  username: string;
  password: string;
}

/** Specs that need a secured broker: `.ci/run real` has one; the stand-in is none, and there they are skipped with the reason. */
export function withSecuredBroker(name: string, specs: (broker: SecuredBroker) => void): void {
  const { RAPPORT_TEST_KAFKA_SECURED: address, RAPPORT_TEST_KAFKA_FOLDER: folder } = process.env;
  const known = { username: 'rapport', password: 'rapport-secret' };
  if (address && folder) describe(name, () => specs({ brokers: [address], ca: join(folder, 'ca.pem'), ...known }));
  else {
    describe.skip(`${name} (skipped: the stand-in knows neither TLS nor SASL)`, () =>
      specs({ brokers: [], ca: '', ...known }));
  }
}
