import { describeSession } from './session.suite.js';

describeSession('zoneless');
