import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

// What specs put into the folder for temporary files goes with the run, also what a killed process left there.
const folder = mkdtempSync(join(tmpdir(), 'rapport-specs-'));
// As root, PostgreSQL runs as another user, who has to reach what is below.
chmodSync(folder, 0o711);
process.env.TMPDIR = folder;
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

/**
 * Two projects: `unit` needs nothing, `int` talks to real servers (the embedded stack, or those that the
 * EVENTSTORE_URL, KAFKA_BROKERS and DATABASE_URL variables name, where RAPPORT_TEST_REAL_SERVERS=1 allows it).
 */
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^#(apps|infra)/(.*)\\.js$': '<rootDir>/$1/$2',
    '^#([a-z-]+)/(.*)\\.js$': '<rootDir>/libs/$1/$2',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFiles: ['reflect-metadata'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/'],
};

export default {
  // As many as there are cores, where Jest would leave one free: a spec waits for its servers much of the time. With one more
  // the specs that compare times would have to be more lenient.
  maxWorkers: Math.max(2, availableParallelism()),
  testSequencer: '<rootDir>/jest.sequencer.js',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, '\\.int\\.spec\\.ts$'],
    },
    { ...common, displayName: 'int', testMatch: ['**/*.int.spec.ts'] },
  ],
  // With the full counts a property has ten times the runs.
  testTimeout: process.env.RAPPORT_TEST_FULL === '1' ? 300_000 : 30_000,
};
