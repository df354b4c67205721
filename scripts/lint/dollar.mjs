/**
 * A property, a constant or a parameter that is an observable ends in `$`, and nothing else does. A function or a
 * method that returns an observable does not: its name says what it does. `rxjs-x/finnish` can't be used, because it
 * treats a constant whose value is a function returning an observable as an observable.
 */
import { TypeFlags } from 'typescript';

const subjects = ['Subject', 'BehaviorSubject', 'ReplaySubject', 'AsyncSubject'];

/** @param {import('typescript').Type} type */
const partsOf = (type) =>
  (type.isUnion() ? type.types : [type]).filter(({ flags }) => (flags & (TypeFlags.Undefined | TypeFlags.Null)) === 0);

/** @param {import('typescript').Type} type */
const nameOf = (type) => type.getSymbol()?.name ?? '';

/** Subjects are exempt: inside a stream, a subject is named for the values that it receives. */
const isObservable = (type) => {
  const parts = partsOf(type);
  return parts.length > 0 && parts.every((part) => nameOf(part) === 'Observable');
};

/** The types whose names may end in `$`, which include subjects and types such as `ObservableInput`. */
const mayBeObservable = (type) => partsOf(type).some((part) => ['Observable', ...subjects].includes(nameOf(part)));

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      missing: '"{{name}}" is an observable: end its name in $.',
      wrong: '"{{name}}" is no observable: no $ at its end.',
      method: '"{{name}}" is a function: no $ at its end, even if it returns an observable.',
    },
  },
  create: (context) => {
    const services = context.sourceCode.parserServices;
    const check = (node) => {
      if (node?.type !== 'Identifier') return;
      const type = services.getTypeAtLocation(node);
      // An argument of a generic function may have any type. tsc reports unresolved types.
      if ((type.flags & (TypeFlags.Any | TypeFlags.TypeParameter)) !== 0) return;
      const { name } = node;
      // An operator's input is named `source`, as in RxJS itself.
      if (isObservable(type) && !name.endsWith('$') && name !== 'source')
        context.report({ node, messageId: 'missing', data: { name } });
      if (!mayBeObservable(type) && name.endsWith('$')) context.report({ node, messageId: 'wrong', data: { name } });
    };
    /** The name of a function, a method or a member that holds a function. */
    const checkFunction = (node) => {
      if (node?.type !== 'Identifier' || !node.name.endsWith('$')) return;
      if (services.getTypeAtLocation(node).getCallSignatures().length > 0)
        context.report({ node, messageId: 'method', data: { name: node.name } });
    };
    return {
      'TSMethodSignature, MethodDefinition, ObjectExpression > Property': ({ key }) => checkFunction(key),
      FunctionDeclaration: ({ id }) => checkFunction(id),
      VariableDeclarator: ({ id }) => check(id),
      'PropertyDefinition, TSPropertySignature': ({ key }) => check(key),
      ':function > Identifier.params, TSFunctionType > Identifier.params, TSMethodSignature > Identifier.params': check,
    };
  },
};
