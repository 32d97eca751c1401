import { PublishedFields } from '#contracts/published-fields.js';
import { refuseLeftOut } from './topic-needs.js';

const view = (name: string, ...needs: string[]) => ({ name, segmentedBy: 'customer' as const, needs });

describe('views that the topic shall feed', () => {
  it('are refused with every field that is left out, view by view, in one line', () => {
    const published = PublishedFields.parse('ContactPointAdded.value');
    const views = [
      view('one', 'ContactPointAdded.value', 'PromiseMade.what', 'NeedRecorded.statement'),
      view('two', 'ContactPointAdded.value'),
      view('three', 'PromiseMade.what'),
    ];
    expect(() => refuseLeftOut(views, published)).toThrow(
      /^RAPPORT_SOURCE is "kafka": one needs PromiseMade\.what, NeedRecorded\.statement; three needs PromiseMade\.what: name them in RAPPORT_PUBLISH_PERSONAL .*$/,
    );
    expect(() => refuseLeftOut(views)).toThrow('two needs ContactPointAdded.value');
  });

  it('are fed where all that they need is published', () => {
    expect(() => refuseLeftOut([view('one')])).not.toThrow();
    const published = PublishedFields.parse('PromiseMade.what');
    expect(() => refuseLeftOut([view('one', 'PromiseMade.what')], published)).not.toThrow();
  });
});
