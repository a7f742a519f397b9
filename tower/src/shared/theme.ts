import { useState } from 'react'

export type Theme = 'system' | 'light' | 'dark'

/** Follows the system unless a person chose; the choice is kept. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>((document.documentElement.dataset.theme as Theme | undefined) ?? 'system')
  return [theme, chosen => {
    if (chosen === 'system') {
      localStorage.removeItem('tieout.theme')
      delete document.documentElement.dataset.theme
    } else {
      localStorage.setItem('tieout.theme', chosen)
      document.documentElement.dataset.theme = chosen
    }
    setTheme(chosen)
  }]
}
