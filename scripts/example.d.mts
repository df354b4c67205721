export declare const examples: readonly string[];
export declare const prepare: (name: string) => Promise<string>;
