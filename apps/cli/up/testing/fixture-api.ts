import { runFixture } from './fixture-child.js';

runFixture('api', Number(process.env.RAPPORT_PORT), 50);
