import { OWN_RECEIVERS } from '../alert-words';
import { noSuch } from '../suggest';
import type { Rule } from './rule';

const RECEIVERS = ['alerts', 'receivers'];

export const defaultReceiver: Rule = function* ({ document: { alerts }, declared }) {
  if (!alerts || declared(RECEIVERS).includes('default')) return;
  yield {
    path: RECEIVERS,
    message: 'there is no receiver default, which gets what no route takes; add one.',
  };
};

export const receiversExist: Rule = function* ({ document: { alerts }, declared }) {
  if (!alerts) return;
  const existing = declared(RECEIVERS);
  const because = [RECEIVERS];
  for (const [i, { receiver }] of alerts.routes.entries()) {
    if (existing.includes(receiver)) continue;
    const path = ['alerts', 'routes', i, 'receiver'];
    yield { path, because, message: noSuch('receiver', receiver, existing) };
  }
  // Without the default receiver one sentence is enough.
  if (!existing.includes(alerts.onCall) && alerts.onCall !== 'default') {
    yield { path: ['alerts', 'onCall'], because, message: noSuch('receiver', alerts.onCall, existing) };
  }
};

export const receiversReachSomebody: Rule = function* ({ document: { alerts } }) {
  for (const [name, receiver] of Object.entries(alerts?.receivers ?? {})) {
    const path = [...RECEIVERS, name];
    const { email, slack, pagerDuty, webhook } = receiver;
    if (email.length === 0 && slack === undefined && pagerDuty === undefined && webhook === undefined) {
      yield {
        path,
        because: ['email', 'slack', 'pagerDuty', 'webhook'].map((key) => [...path, key]),
        message: 'it reaches nobody; give at least one of email, slack, pagerDuty, webhook.',
      };
    }
    if (slack !== undefined && alerts?.slackWebhook === undefined) {
      yield {
        path: [...path, 'slack'],
        because: [['alerts', 'slackWebhook']],
        message: `${slack} cannot be reached without alerts.slackWebhook, the secret with the URL of the Slack webhook.`,
      };
    }
  }
};

export const receiverNamesAreFree: Rule = function* ({ declared }) {
  for (const name of declared(RECEIVERS)) {
    if (!name.startsWith(OWN_RECEIVERS)) continue;
    yield {
      path: [...RECEIVERS, name],
      message: `names of receivers that begin with ${OWN_RECEIVERS} are Holdfast's own; choose another name.`,
    };
  }
};

/** The values of an own rule stand in one place. Whether the catalogue knows the other names is checked at synth. */
export const thresholdsAreOfTheCatalogue: Rule = function* ({ document: { alerts }, declared }) {
  for (const name of Object.keys(alerts?.thresholds ?? {})) {
    if (!declared(['alerts', 'rules']).includes(name)) continue;
    yield {
      path: ['alerts', 'thresholds', name],
      because: [['alerts', 'rules', name]],
      message: `${name} is a rule of this file; change it at alerts.rules.${name}.`,
    };
  }
};
