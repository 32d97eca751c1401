import {
  CHANNELS,
  type Channel,
  COMPLAINT_OUTCOMES,
  type ComplaintOutcome,
  RESOLUTION_LINES,
  type ResolutionLine,
  SEVERITIES,
  type Severity,
} from './codes.js';
import { Amount, Code, Currency, Id, Nested, Optional, Text } from './fields.js';
import { PersonalData } from './personal-data.js';

export class ComplaintProduct {
  @Optional() @Text(200) id?: string;
  @Optional() @Text(200) category?: string;
  @Optional() @Text(200) sub?: string;
}

export class CustomerComplained {
  @Optional() @Id() customerId?: string;
  @Optional() @Id() purchaseId?: string;
  @Optional() @Id() interactionId?: string;
  @Optional() @Text(200) agentId?: string;
  @Optional() @Nested(() => ComplaintProduct) product?: ComplaintProduct;
  @Text(500) issue!: string;
  @Optional() @Text(500) subIssue?: string;
  @Code(SEVERITIES) severity!: Severity;
  @Code(CHANNELS) channel!: Channel;
  @Optional() @Text(100) channelDetail?: string;
  @Optional() @PersonalData() @Text(20_000) description?: string;
  @Optional() @PersonalData() @Text(5_000) desiredOutcome?: string;
}

export class Compensation {
  @Optional() @Amount() amount?: number;
  @Optional() @Currency() currency?: string;
}

export class ResolvedBy {
  @Text(200) agentId!: string;
  @Code(RESOLUTION_LINES) line!: ResolutionLine;
}

export class ComplaintResolved {
  @Code(COMPLAINT_OUTCOMES) outcome!: ComplaintOutcome;
  @Optional() @Nested(() => Compensation) compensation?: Compensation;
  @Optional() @Text(500) rootCause?: string;
  @Optional() @Nested(() => ResolvedBy) resolvedBy?: ResolvedBy;
}
