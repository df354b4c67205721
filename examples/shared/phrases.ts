/** What generated people say: a few words of our own. In Chinese if this machine is. */
const english = {
  people: ['Ada', 'Ben', 'Cleo', 'Dev', 'Edda', 'Finn', 'Gwen', 'Hugo', 'Iris', 'Juno', 'Kofi', 'Lena'],
  lines: [
    'what a start',
    'here we go',
    'hello from the back row',
    'that was close',
    'again, again!',
    'ha',
    'who wrote this song?',
    'so good',
    'first time here, hi all',
    'wait for it',
    'no way',
    'the drums!',
    'can we have that once more, please',
    'lovely',
    'my cat is watching too',
    'turn it up',
  ],
  thanks: ['for the encore', 'thank you all', 'play the slow one next', 'greetings from the night shift'],
};

const chinese: typeof english = {
  people: ['小安', '阿本', '可乐', '德文', '依依', '飞飞', '冠文', '禾果', '艾丽', '君诺', '可飞', '乐娜'],
  lines: [
    '开场就这么燃',
    '来了来了',
    '后排报到',
    '好险',
    '再来一次！',
    '哈哈',
    '这首歌是谁写的？',
    '太好听了',
    '第一次来，大家好',
    '前方高能',
    '不会吧',
    '鼓点绝了',
    '能不能再放一遍',
    '真好',
    '我家猫也在看',
    '声音再大点',
  ],
  thanks: ['求返场', '谢谢大家', '下一首来首慢歌', '夜班的朋友问好'],
};

export const phrases = (process.env['LANG'] ?? '').startsWith('zh') ? chinese : english;

/** One of them, by number. */
export const pick = (list: readonly string[], n: number): string => list[n % list.length] ?? '';
