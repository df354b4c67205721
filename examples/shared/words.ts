/** The texts of a page, in English and Chinese. The page says where they go: `data-words`, `data-label`. */
export type Language = 'en' | 'zh';

const STORED = 'language';

const wanted = (): Language => {
  const chosen = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(STORED) ?? navigator.language;
  return chosen.startsWith('zh') ? 'zh' : 'en';
};

/**
 * Fills in the texts, and makes the button `#language` switch between the languages. Gives a function that gives the
 * words of the language that is shown; `changed` is called when it has changed.
 */
export const speak = <W extends Readonly<Record<string, string>>>(
  words: Readonly<Record<Language, W>>,
  changed: () => void = () => undefined,
): (() => W) => {
  let language = wanted();
  const show = (): void => {
    const shown: Readonly<Record<string, string>> = words[language];
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = shown['title'] ?? document.title;
    for (const element of document.querySelectorAll<HTMLElement>('[data-words]'))
      element.textContent = shown[element.dataset['words'] ?? ''] ?? '';
    for (const element of document.querySelectorAll<HTMLElement>('[data-label]'))
      element.ariaLabel = shown[element.dataset['label'] ?? ''] ?? '';
  };
  const button = document.querySelector<HTMLButtonElement>('#language');
  const label = (): void => {
    if (button === null) return;
    button.textContent = language === 'zh' ? 'English' : '中文';
    button.lang = language === 'zh' ? 'en' : 'zh-CN';
  };
  button?.addEventListener('click', () => {
    language = language === 'zh' ? 'en' : 'zh';
    localStorage.setItem(STORED, language);
    label();
    show();
    changed();
  });
  label();
  show();
  return () => words[language];
};
