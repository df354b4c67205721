import Theme from 'vitepress/theme-without-fonts';
import './style.css';

export default {
  ...Theme,
  /** A page that is not translated is shown in English, also after the reader has changed the language. */
  enhanceApp({ router, siteData }) {
    const { base, themeConfig } = siteData.value;
    router.onBeforeRouteChange = (to) => {
      const path = `/${to
        .slice(base.length)
        .replace(/[?#].*$/, '')
        .replace(/\.html$/, '')}`;
      const original = path.replace(/^\/zh\//, '/');
      if (original === path || !themeConfig.untranslated.includes(original)) return true;
      router.go(base + original.slice(1));
      return false;
    };
  },
};
