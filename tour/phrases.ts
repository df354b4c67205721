/** The lines of Tom and Jerry, in several languages and scripts, to show that every encoding arrives intact. */
const phrases = [
  'Good morning! Is the cheese still there?',
  '早上好，奶酪还在吗？',
  'おはよう、チーズはまだある?',
  'Bonjour, tu es déjà réveillé ?',
  'Доброе утро! Кот спит.',
  'صباح الخير، أين الفأر؟',
  '좋은 아침이에요 🧀',
  'Guten Morgen, wer hat den Käse?',
  '¡Corre, que viene el gato!',
  'नमस्ते, दूध कहाँ है?',
  '等一下，我在写信给你',
  'À tout à l’heure 👋🏽',
  'שלום, מה נשמע?',
  '今日はとても静かですね',
  'The mousetrap is set. Or is it?',
  '弹幕护体！前方高能 🚀',
  'Xin chào, mèo ơi',
  'Ne oldu, ses çıkmıyor?',
  '👨‍👩‍👧‍👦 family photo at noon',
  'สวัสดี วันนี้อากาศดี',
] as const;

/** The n-th line of a speaker. Its number makes it unique. */
export const line = (n: number): string => `${phrases[n % phrases.length] ?? ''} #${n}`;
