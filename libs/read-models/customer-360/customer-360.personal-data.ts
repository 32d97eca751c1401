/** What of the 360° view is personal: left out of what an analyst sees, as paths (`contactPoints[].value`). */
export const CUSTOMER_360_PERSONAL_DATA: readonly string[] = ['name'];
