/** 2026-11-05 09:30 UTC. What happened has instants, and everybody reads the same ones. */
export const minute = (instant: string) => instant.slice(0, 16).replace('T', ' ') + ' UTC'

export const second = (instant: string) => instant.slice(0, 19).replace('T', ' ') + ' UTC'

/** 3 d, 5 h, 12 min: how long from one instant to another. */
export function span(from: string, until: string): string {
  const minutes = Math.max(0, Math.floor((Date.parse(until) - Date.parse(from)) / 60_000))
  if (minutes < 1) return 'under 1 min'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`
  return `${Math.floor(minutes / 60 / 24)} d`
}
