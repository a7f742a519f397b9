import type { ReactNode } from 'react'

/** Question and answer, in the order a person asks. */
export function Explain({ items }: { items: [question: string, answer: ReactNode][] }) {
  return (
    <dl className="explain">
      {items.map(([question, answer]) => <div key={question}><dt>{question}</dt><dd>{answer}</dd></div>)}
    </dl>
  )
}
