type Tone = 'good' | 'warn' | 'bad' | 'wait' | 'none'

// A word and a shape for every state; the colour only repeats them.
const known: Record<string, [Tone, string]> = {
  'reconciled': ['good', 'reconciled'],
  'reconciled-with-warnings': ['warn', 'reconciled with warnings'],
  'breaks': ['bad', 'breaks'],
  'incomplete': ['warn', 'incomplete'],
  'not-tied-out': ['none', 'not tied out yet'],
  'outdated': ['warn', 'outdated'],
  'posted': ['good', 'posted'],
  'staged': ['none', 'staged'],
  'ready': ['wait', 'ready'],
  'sending': ['wait', 'sending'],
  'in-doubt': ['warn', 'in doubt'],
  'parked': ['bad', 'parked'],
  'cancelled': ['none', 'cancelled'],
  'running': ['wait', 'running'],
  'finished': ['good', 'finished'],
  'stopped': ['warn', 'stopped'],
  'failed': ['bad', 'failed'],
  'closed': ['none', 'closed now'],
  'held': ['warn', 'asked to wait'],
  'out-of-reach': ['bad', 'out of reach'],
  'draining': ['warn', 'draining'],
  'drained': ['warn', 'drained'],
  'paused': ['warn', 'paused'],
  'open': ['bad', 'open'],
  'resolved': ['good', 'resolved'],
  'technical': ['none', 'technical'],
  'business': ['none', 'business'],
  'data': ['none', 'data'],
  '': ['none', 'not posted yet'],
}

const shapes: Record<Tone, React.ReactNode> = {
  good: <path d="M3 8.5 6.5 12 13 4.5" />,
  warn: <><path d="M8 2.2 14.6 13.6H1.4Z" /><path d="M8 6.6v3M8 11.6v.1" /></>,
  bad: <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" />,
  wait: <><circle cx="8" cy="8" r="5.6" /><path d="M8 4.8V8l2.2 1.6" /></>,
  none: <circle cx="8" cy="8" r="5" strokeDasharray="2.4 2.2" />,
}

export function Shape({ tone }: { tone: Tone }) {
  return <svg className={'shape ' + tone} viewBox="0 0 16 16" aria-hidden="true">{shapes[tone]}</svg>
}

export const toneOf = (state: string): Tone => known[state]?.[0] ?? 'none'

export function StatusBadge({ state, title }: { state: string; title?: string }) {
  const [tone, word] = known[state] ?? ['none', state]
  return <span className={'badge ' + tone} title={title}><Shape tone={tone} />{word}</span>
}
