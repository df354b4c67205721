import type { Rule } from 'eslint';

declare const columns: Rule.RuleModule;
export default columns;
