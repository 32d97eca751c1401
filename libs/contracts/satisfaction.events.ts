import {
  ALL_SERVQUAL_DIMENSIONS,
  EXPECTATION_SOURCES,
  type ExpectationSource,
  PHASES,
  type Phase,
  SERVQUAL_INSTRUMENTS,
  type ServqualDimension,
  type ServqualInstrument,
} from './codes.js';
import { Code, Codes, Id, Nested, NumberBetween, Optional, Text } from './fields.js';
import { Topic } from './interaction.events.js';
import { PersonalData } from './personal-data.js';

const LEAST = -1000;
const MOST = 1000;

/** The ends of a scale: every score of the answer lies between them, both included. */
export class Scale {
  @NumberBetween(LEAST, MOST) min!: number;
  @NumberBetween(LEAST, MOST) max!: number;
}

/** What every answer says. */
export class Answer {
  @Id() surveyId!: string;
  @Optional() @Id() customerId?: string;
  @Optional() @Nested(() => Topic) about?: Topic;
  @Optional() @Text(200) agentId?: string;
  @Optional() @Code(PHASES) phase?: Phase;
  @Nested(() => Scale) scale!: Scale;
  @Optional() @PersonalData() @Text(5000) comment?: string;
}

/** How likely they would recommend us. */
export class NpsAnswered extends Answer {
  @NumberBetween(LEAST, MOST) score!: number;
}

/** How satisfied they are. */
export class CsatAnswered extends Answer {
  @NumberBetween(LEAST, MOST) score!: number;
}

export class ComplaintHandlingRated extends Answer {
  @Id() complaintId!: string;
  @NumberBetween(LEAST, MOST) speed!: number;
  @NumberBetween(LEAST, MOST) attitude!: number;
  @NumberBetween(LEAST, MOST) outcome!: number;
}

/** What the customer expects of one dimension of service, before they have it. */
export class ExpectationRecorded extends Answer {
  @Code(SERVQUAL_INSTRUMENTS) instrument!: ServqualInstrument;
  @Code(ALL_SERVQUAL_DIMENSIONS) dimension!: ServqualDimension;
  @NumberBetween(LEAST, MOST) expectation!: number;
  @Optional() @Codes(EXPECTATION_SOURCES) expectationSources?: ExpectationSource[];
}

/** Satisfaction = perception − expectation, dimension by dimension. */
export class ServiceQualityRated extends ExpectationRecorded {
  @NumberBetween(LEAST, MOST) perception!: number;
}
