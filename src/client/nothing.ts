/** The value of a command that has no result: `undefined`, emitted when the command has succeeded. */
export const nothing = (): void => undefined;
