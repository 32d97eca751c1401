import { runFixture } from './fixture-child.js';

runFixture('worker', 0, 50);
