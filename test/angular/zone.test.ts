import 'zone.js';
import { describeSession } from './session.suite.js';

describeSession('with zone.js');
