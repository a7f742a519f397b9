import { useEffect, useState } from 'react'

export function Filter({ label, value, set, options, any = false }: {
  label: string; value: string; set: (value: string) => void; options: readonly string[]; any?: boolean
}) {
  // What is chosen stays choosable, even when it is no longer among the options.
  const shown = value && !options.includes(value) ? [value, ...options] : options
  return (
    <label>{label}
      <select value={value} onChange={event => set(event.target.value)}>
        {any && <option value="">any</option>}
        {shown.map(option => <option key={option} value={option}>{option.replaceAll('-', ' ')}</option>)}
      </select>
    </label>
  )
}

/** Waits until a person stops typing. */
export function TextFilter({ label, value, set, hint, type = 'search' }: {
  label: string; value: string; set: (value: string) => void; hint?: string; type?: 'search' | 'month'
}) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const wait = setTimeout(() => set(text), 300)
    return () => clearTimeout(wait)
  })
  return <label className={type === 'search' ? 'grow' : ''}>{label}<input type={type} value={text} onChange={event => setText(event.target.value)} placeholder={hint} maxLength={200} /></label>
}
