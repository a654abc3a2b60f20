/** The run that tests start where they start one. */
export const RUN = 'test-run';
