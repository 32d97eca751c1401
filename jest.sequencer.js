import Sequencer from '@jest/test-sequencer';

/**
 * Specs that talk to servers first, each up to two minutes long; those without servers are short, and fill up what is
 * left of the workers' time in the end. Within both the longest first, as Jest has it.
 */
export default class ServersFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isInt = (test) => test.context.config.displayName?.name === 'int';
    return [...sorted.filter(isInt), ...sorted.filter((test) => !isInt(test))];
  }
}
