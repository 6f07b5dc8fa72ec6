// What Hugging Face's tokenizers make of small tokenizer.json files that between them have every component: the
// reference of engine_json_tokenizer.
//
// usage: npm install tokenizers@0.23.2 && node tests/data/json_tokenizers.mjs > tests/data/json_tokenizers.json
// (from a folder that has node_modules, or with NODE_PATH)
import { createRequire } from 'node:module';

const { Tokenizer } = createRequire(process.cwd() + '/')('tokenizers');

// SentencePiece's compiled rules: U+FB01 fi, U+00A0 and U+3000 blank, U+FF21 A, U+2460 1, U+AC00 decomposed, e + accent é,
// one half written out, U+200B nothing. Made by its trainer from a table of them.
const CHARSMAP = 'AAQAAACQAQBlPAMAzAACAIEdAAAOAACAoA0AAAEAAIAFAACAgCQCAAAAAICLDQAAoB0AAAMAAICADAIAgCEAALB8AgCABQAAEQAAgIEFAAALAACAoQUAAAkAAIAXAAAAFgAAAL19AACRyAIAGwAAABoAAAAdAAAAHAAAAB8AAAAeAAAArMwCACAAAAAjAAAAIgAAACUAAAAkAAAAJwAAACYAAAApAAAAKAAAACsAAAAqAAAALQAAACwAAAAvAAAALgAAALwUAgAwAAAAMwAAADIAAAA1AAAANAAAADcAAAA2AAAAOQAAADgAAAA7AAAAOgAAAD0AAAA8AAAAPwAAAD4AAABBAAAAQAAAAEMAAABCAAAARQAAAEQAAABHAAAARgAAAEkAAABIAAAASwAAAEoAAABNAAAATAAAAE8AAABOAAAAUQAAAFAAAABTAAAAUgAAAFUAAABUAAAAVwAAAFYAAABZAAAAWAAAAFsAAABaAAAAXQAAAFwAAABfAAAAXgAAAGEAAABgAAAAYwAAAGIAAABlAAAAZAAAAGcAAABmAAAAaQAAAGgAAABrAAAAagAAAG0AAABsAAAAbwAAAG4AAABxAAAAcAAAAHMAAAByAAAAdQAAAHQAAAB3AAAAdgAAAHkAAAB4AAAAewAAAHoAAAB9AAAAfAAAAH8AAAB+AAAAgQAAAIAAAACDAAAAggAAAIUAAACEAAAA4jgAAOMoAACJAAAAiAAAAIsAAADvHAAAjQAAAIwAAADqxAAAjgAAAJEAAACQAAAAkwAAAJIAAACVAAAAlAAAAJcAAACWAAAAmQAAAJgAAACbAAAAmgAAAJ0AAACcAAAAnwAAAJ4AAAChAAAAoAAAAKMAAACiAAAApQAAAKQAAADCDAAApgAAAKkAAACoAAAAqwAAAKoAAACtAAAArAAAAK8AAACuAAAAsQAAALAAAACzAAAAsgAAALUAAAC0AAAAtwAAALYAAAC5AAAAuAAAALsAAAC6AAAAvQAAALwAAAC/AAAAvgAAAMEAAADAAAAAwwAAAMIAAADFAAAAxAAAAMcAAADGAAAAyQAAAMgAAADLAAAAygAAAM0AAADMAAAAzwAAAM4AAADRAAAA0AAAANMAAADSAAAA1QAAANQAAADXAAAA1gAAANkAAADYAAAA2wAAANoAAADdAAAA3AAAAN8AAADeAAAA4QAAAOAAAADjAAAA4gAAAOUAAADkAAAA5wAAAOYAAADpAAAA6AAAAOsAAADqAAAA7QAAAOwAAADvAAAA7gAAAPEAAADwAAAA8wAAAPIAAAD1AAAA9AAAAPcAAAD2AAAA+QAAAPgAAAD7AAAA+gAAAP0AAAD8AAAA/wAAAP4AAAAAIAAxADEvMgBBAGZpAMOpAOGEgOGFoQA=';

const SAMPLE = `The quick brown fox jumps over the lazy dog. It's what they've said, isn't it? I'll go; we'd stay!
Numbers: 1, 22, 333, 4444, 55555 and 3.14159. Mail me@example.org, see https://example.org/a?b=c&d=e.
    def f(x):\n\treturn x ** 2  # squares\n\n\nfor i in range(10): print(i)\r\nend
Größe, café, naïve, Straße, ﬁne ½ ①. Здравствуй мир. 你好，世界！今天天气很好。 こんにちは 안녕하세요 สวัสดี مرحبا
the the the of of and and in in to to hello hello world world  two  blanks   three`;

const TEXTS = [
  '', ' ', '  ', '\n', '\t\t', 'a', ' a', 'a ', 'hello world', ' hello  world ', 'Hello World', "It's they've I'LL we'd isn't",
  '1 22 333 4444 55555 3.14159', 'a1b22c', '½ ① ² Ⅷ ٣', 'x  y   z\n\n\n  w\r\n\tv', 'Größe café naïve Straße İstanbul ǅ',
  'cafe\u0301 e\u0301\u0323 A\u030A', 'ﬁne ＡＢＣ ①②', '你好，世界！今天。', 'こんにちは 안녕하세요 \u1100\u1161', 'สวัสดี مرحبا नमस्ते',
  '🙂👍🏽👨‍👩‍👧 🇩🇪', 'a\u00A0b\u3000c\u2003d\u200Be', 'tab\tand\u0007bell\u0000nul', '<s>hello</s>', 'hello<s>', ' <s> hello', '[CLS]a[SEP]',
  '<|im_start|>user\nhi<|im_end|>\n', 'foo_bar-baz.qux/quux', '!!! ??? ... (a) [b] {c}', '▁hello▁ ▁', 'ÀÉÎÕÜ ÀÉ', 'unaffable unaffordable',
  'xyzzyxyzzyxyzzy', 'the theory of them', 'α β γ Σίσυφος ΣΊΣΥΦΟΣ', '—–‐“quotes” ‘single’ …', 'a'.repeat(60), 'don\u2019t <extra> wordmask mask premask', '<unk>', 'x<unk>x', 'first\n second\n\nthird',
  '<mask> a <mask>b c<mask>', 'foo   <strip>   bar', SAMPLE,
];

const alphabet = (() => {
  const bytes = [];
  let next = 256;
  for (let b = 0; b < 256; ++b) {
    const own = (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xff && b !== 0xad);
    bytes.push(String.fromCodePoint(own ? b : next++));
  }
  return bytes;
})();
const toAlphabet = (text) => [...Buffer.from(text)].map((b) => alphabet[b]).join('');

// Plain BPE training over words (lists of pieces).
function train(words, base, merges) {
  const vocab = {};
  for (const piece of base) vocab[piece] = Object.keys(vocab).length;
  const rules = [];
  words = words.map((word) => [...word]);
  for (let n = 0; n < merges; ++n) {
    const counts = new Map();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; ++i) {
        const pair = word[i] + '\u0001' + word[i + 1];
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    let best = null;
    for (const [pair, count] of counts) if (count > 1 && (!best || count > counts.get(best))) best = pair;
    if (!best) break;
    const [a, b] = best.split('\u0001');
    rules.push([a, b]);
    if (!(a + b in vocab)) vocab[a + b] = Object.keys(vocab).length;
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; ++i) if (word[i] === a && word[i + 1] === b) word.splice(i, 2, a + b);
    }
  }
  return { vocab, merges: rules };
}

const bpe = (trained, more = {}) => ({
  type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false,
  byte_fallback: false, ignore_merges: false, ...trained, ...more,
});
const added = (id, content, more = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...more });
const file = (parts) => ({
  version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...parts,
});
const sequence = {
  normalizer: (...normalizers) => ({ type: 'Sequence', normalizers }),
  pre: (...pretokenizers) => ({ type: 'Sequence', pretokenizers }),
  decoder: (...decoders) => ({ type: 'Sequence', decoders }),
};
const byteLevel = (add_prefix_space, use_regex) => ({ type: 'ByteLevel', add_prefix_space, trim_offsets: true, use_regex });
const bosTemplate = (token, id) => ({
  type: 'TemplateProcessing', single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
});
const split = (pattern, behavior = 'Isolated', invert = false) => ({ type: 'Split', pattern, behavior, invert });
const regex = (Regex) => ({ Regex });
const LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

// Pieces that reach over blanks and signs, so that every cut shows.
const whole = train([[...toAlphabet(SAMPLE)], ...TEXTS.map((t) => [...toAlphabet(t)])], alphabet, 300);
const words = train(SAMPLE.split(/(?= )/).map((w) => [...toAlphabet(w)]), alphabet, 200);
const bytePieces = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
const marked = SAMPLE.split(/\s+/).map((w) => ['▁', ...w]);
const letters = [...new Set(marked.flat().filter((c) => c.codePointAt(0) < 0x250 || c === '▁'))];
const sp = train(marked, ['<unk>', '<s>', '</s>', ...bytePieces, ...letters], 200);
const spWithoutBytes = train(marked, ['<unk>', '<s>', '</s>', ...letters], 200);
const plainWords = train(SAMPLE.toLowerCase().split(/[^a-z]+/).filter(Boolean).map((w) => [...w.slice(0, -1), w.at(-1) + '</w>']),
  [...'abcdefghijklmnopqrstuvwxyz'].flatMap((c) => [c, c + '</w>']).concat('<unk>'), 120);
const plain = (pre_tokenizer, more = {}) => file({ pre_tokenizer: sequence.pre(...[pre_tokenizer].flat(), byteLevel(false, false)), decoder: byteLevel(true, true), model: bpe(whole), ...more });
const normal = (normalizer) => file({ normalizer, pre_tokenizer: byteLevel(false, false), decoder: byteLevel(true, true), model: bpe(words) });

const unigramPieces = [['<pad>', 0], ['</s>', 0], ['<unk>', 0], ...Object.keys(spWithoutBytes.vocab).filter((p) => !/^<.*>$/.test(p)).map((p, i) => [p, -2 - Math.log(1 + i) - (p.length > 1 ? 0 : 3)])];
const unigram = (more = {}) => ({ type: 'Unigram', unk_id: 2, vocab: unigramPieces, byte_fallback: false, ...more });
const metaspace = (prepend_scheme, split_) => ({ type: 'Metaspace', replacement: '▁', prepend_scheme, split: split_ });

const wordPieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...'abcdefghijklmnopqrstuvwxyz0123456789.,!?\'-:;/@#()[]{}"'.split(''),
  ...'abcdefghijklmnopqrstuvwxyz0123456789'.split('').map((c) => '##' + c), 'the', 'un', '##aff', '##able', 'hello', 'world', '##ord', '你', '好', '世', '界', 'cafe', 'it', 'they'];
const wordPiece = { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 40, vocab: Object.fromEntries(wordPieces.map((p, i) => [p, i])) };
const bert = { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true };
const bertAdded = [added(0, '[PAD]'), added(1, '[UNK]'), added(2, '[CLS]'), added(3, '[SEP]')];

const levelWords = ['<unk>', 'hello', 'Hello', 'world', 'World', 'the', 'a', '.', ',', '!', 'foo_bar', '-', 'of', '你好'];
const level = { type: 'WordLevel', unk_token: '<unk>', vocab: Object.fromEntries(levelWords.map((p, i) => [p, i])) };
const spAdded = [added(0, '<unk>'), added(1, '<s>'), added(2, '</s>')];
const next = (trained) => Object.keys(trained.vocab).length;

const tokenizers = {
  'GPT-2': file({ model: bpe(words), pre_tokenizer: byteLevel(false, true), decoder: byteLevel(true, true), post_processor: byteLevel(true, true), added_tokens: [added(next(words), '<|endoftext|>')] }),
  'byte level with a blank before': file({ model: bpe(words), pre_tokenizer: byteLevel(true, true), decoder: byteLevel(true, true) }),
  'Llama 3': file({
    model: bpe(words, { ignore_merges: true }), pre_tokenizer: sequence.pre(split(regex(LLAMA3)), byteLevel(false, false)), decoder: byteLevel(true, true),
    post_processor: { type: 'Sequence', processors: [byteLevel(true, true), bosTemplate('<s>', next(words))] },
    added_tokens: [added(next(words), '<s>'), added(next(words) + 1, '<|im_start|>'), added(next(words) + 2, '<|im_end|>')],
  }),
  'Qwen 2': file({ model: bpe(words), normalizer: { type: 'NFC' }, pre_tokenizer: sequence.pre(split(regex(LLAMA3.replace('{1,3}', ''))), byteLevel(false, false)), decoder: byteLevel(true, true),
    added_tokens: [added(next(words), '<|im_start|>'), added(next(words) + 1, '<|im_end|>')] }),
  'DeepSeek': file({ model: bpe(words), pre_tokenizer: sequence.pre(split(regex('[\\r\\n]')), split(regex('\\s?\\p{L}+')), split(regex('\\s?\\p{P}+')), split(regex('[一-龥ࠀ-一가-퟿]+')), { type: 'Digits', individual_digits: true }, byteLevel(false, false)), decoder: byteLevel(true, true) }),
  'Llama 2': file({
    model: bpe(sp, { unk_token: '<unk>', byte_fallback: true, fuse_unk: true }), normalizer: sequence.normalizer({ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }),
    decoder: sequence.decoder({ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }),
    post_processor: bosTemplate('<s>', 1), added_tokens: spAdded,
  }),
  'Gemma': file({
    model: bpe(sp, { unk_token: '<unk>', byte_fallback: true, fuse_unk: true }), normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' }, pre_tokenizer: split({ String: ' ' }, 'MergedWithPrevious'),
    decoder: sequence.decoder({ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }), post_processor: bosTemplate('<s>', 1), added_tokens: spAdded,
  }),
  'unknown characters, fused': file({ model: bpe(spWithoutBytes, { unk_token: '<unk>', fuse_unk: true }), pre_tokenizer: metaspace('always', true), decoder: metaspace('always', true), added_tokens: spAdded }),
  'unknown characters, one by one': file({ model: bpe(spWithoutBytes, { unk_token: '<unk>' }), pre_tokenizer: metaspace('always', true), decoder: metaspace('always', true) }),
  'unknown characters, dropped': file({ model: bpe(spWithoutBytes), pre_tokenizer: metaspace('always', true), decoder: metaspace('always', true) }),
  'CLIP': file({ model: bpe(plainWords, { unk_token: '<unk>', end_of_word_suffix: '</w>' }), normalizer: sequence.normalizer({ type: 'NFC' }, { type: 'Replace', pattern: regex('\\s+'), content: ' ' }, { type: 'Lowercase' }),
    pre_tokenizer: sequence.pre(split(regex("'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"), 'Removed', true), { type: 'WhitespaceSplit' }), decoder: { type: 'BPEDecoder', suffix: '</w>' } }),
  'BERT': file({ model: wordPiece, normalizer: bert, pre_tokenizer: { type: 'BertPreTokenizer' }, decoder: { type: 'WordPiece', prefix: '##', cleanup: true }, added_tokens: bertAdded, post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] } }),
  'BERT with capitals and accents': file({ model: wordPiece, normalizer: { ...bert, lowercase: false, handle_chinese_chars: false, clean_text: false }, pre_tokenizer: { type: 'BertPreTokenizer' }, decoder: { type: 'WordPiece', prefix: '##', cleanup: false }, added_tokens: bertAdded }),
  'whole words': file({ model: level, pre_tokenizer: { type: 'Whitespace' } }),
  'whole words between blanks': file({ model: level, pre_tokenizer: { type: 'WhitespaceSplit' } }),
  'T5': file({ model: unigram(), normalizer: sequence.normalizer({ type: 'Precompiled', precompiled_charsmap: CHARSMAP }, { type: 'Replace', pattern: regex(' {2,}'), content: ' ' }), pre_tokenizer: sequence.pre({ type: 'WhitespaceSplit' }, metaspace('always', true)), decoder: metaspace('always', true), added_tokens: [added(0, '<pad>'), added(1, '</s>'), added(2, '<unk>')] }),
  'Unigram over the whole text': file({ model: unigram(), pre_tokenizer: metaspace('first', false), decoder: metaspace('first', false) }),
  'Unigram with bytes': file({ model: unigram({ byte_fallback: true, vocab: [...unigramPieces, ...bytePieces.map((p) => [p, -20])] }), pre_tokenizer: metaspace('never', true), decoder: sequence.decoder({ type: 'ByteFallback' }, metaspace('never', true)) }),
  'metaspace at the first word': file({ model: bpe(sp, { unk_token: '<unk>', byte_fallback: true }), pre_tokenizer: metaspace('first', true), decoder: sequence.decoder({ type: 'ByteFallback' }, metaspace('first', true)), added_tokens: spAdded }),
  'metaspace in a sequence': file({ model: bpe(sp, { unk_token: '<unk>', byte_fallback: true }), pre_tokenizer: sequence.pre({ type: 'Digits', individual_digits: false }, metaspace('first', true)), decoder: sequence.decoder({ type: 'ByteFallback' }, metaspace('first', true)), added_tokens: spAdded }),
  'NFC': normal({ type: 'NFC' }), 'NFD': normal({ type: 'NFD' }), 'NFKC': normal({ type: 'NFKC' }), 'NFKD': normal({ type: 'NFKD' }),
  'Lowercase': normal({ type: 'Lowercase' }), 'StripAccents': normal(sequence.normalizer({ type: 'NFD' }, { type: 'StripAccents' })),
  'Strip': normal({ type: 'Strip', strip_left: true, strip_right: true }), 'Strip at the left': normal({ type: 'Strip', strip_left: true, strip_right: false }),
  'Nmt': normal({ type: 'Nmt' }), 'Precompiled': normal({ type: 'Precompiled', precompiled_charsmap: CHARSMAP }), 'Prepend': normal({ type: 'Prepend', prepend: '»' }),
  'Replace by a pattern': normal({ type: 'Replace', pattern: regex('[aeiou]+'), content: '_' }),
  'sequences in sequences': normal(sequence.normalizer(sequence.normalizer({ type: 'NFKC' }, sequence.normalizer({ type: 'Lowercase' })), { type: 'Strip', strip_left: false, strip_right: true })),
  'byte level normalizer': file({ model: bpe(words), normalizer: { type: 'ByteLevel' }, pre_tokenizer: split(regex('\\p{N}+')), decoder: byteLevel(true, true) }),
  'words by \\w': plain(split(regex('\\w+'))), 'no words by \\W': plain(split(regex('\\W+'))), 'blanks by \\s': plain(split(regex('\\s'))), 'digits by \\d': plain(split(regex('\\d+'))),
  'hexadecimal digits by \\h': plain(split(regex('[\\h_]+'))), 'a place, not a text': plain(split(regex('(?=[A-Z\\p{Lu}])'))), 'brackets': plain(split(regex('[\\[\\](){}]|[]^-]+'))),
  'letters of any case': plain(split(regex('(?i)[k-s]+'))), 'possessive': plain(split(regex('[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s'))),
  'lines': plain(split(regex('^.'))), 'ends of lines': plain(split(regex('.$'))), 'across lines': plain(split(regex('(?m:d.)'))), 'three or none': plain(split(regex('\\p{N}{3}?'))),
  'Removed': plain(split({ String: ' ' }, 'Removed')), 'MergedWithPrevious': plain(split(regex('[ ,.]'), 'MergedWithPrevious')), 'MergedWithNext': plain(split(regex('[ ,.]'), 'MergedWithNext')),
  'Contiguous': plain(split(regex('[ ,.a]'), 'Contiguous')), 'Isolated, inverted': plain(split(regex('[a-z]+'), 'Isolated', true)), 'Removed, inverted': plain(split(regex('[a-zA-Z ]+'), 'Removed', true)),
  'MergedWithNext, inverted': plain(split(regex('[a-z]+'), 'MergedWithNext', true)), 'MergedWithPrevious, inverted': plain(split(regex('[a-z]+'), 'MergedWithPrevious', true)), 'an empty pattern': plain(split({ String: '' })),
  'Digits': plain({ type: 'Digits', individual_digits: false }), 'single digits': plain({ type: 'Digits', individual_digits: true }), 'Punctuation': plain({ type: 'Punctuation', behavior: 'Isolated' }),
  'runs of punctuation': plain({ type: 'Punctuation', behavior: 'Contiguous' }), 'CharDelimiterSplit': plain({ type: 'CharDelimiterSplit', delimiter: 'e' }), 'FixedLength': plain({ type: 'FixedLength', length: 3 }),
  'added tokens': file({
    model: bpe(words), pre_tokenizer: byteLevel(false, true), decoder: byteLevel(true, true),
    added_tokens: [added(next(words), '<mask>', { lstrip: true, special: true }), added(next(words) + 1, 'mask', { single_word: true, special: false }), added(next(words) + 2, '<strip>', { lstrip: true, rstrip: true, special: false }),
      added(next(words) + 3, '<s', { special: false }), added(next(words) + 4, '<s>hello', { special: false }), added(next(words) + 5, '\n\n', { special: false }), added(next(words) + 6, '好', { special: false })],
  }),
  'added tokens in the normalised text': file({
    model: bpe(words), normalizer: { type: 'Lowercase' }, pre_tokenizer: byteLevel(false, true), decoder: byteLevel(true, true),
    added_tokens: [added(next(words), 'Hello', { normalized: true, special: false }), added(next(words) + 1, 'WORLD', { normalized: false, special: false }), added(next(words) + 2, '<extra>', { normalized: true, special: true }), added(next(words) + 3, 'THE', { normalized: true, single_word: true, special: false })],
  }),
  'merges as texts': file({ model: bpe({ vocab: words.vocab, merges: words.merges.map((m) => m.join(' ')) }), pre_tokenizer: byteLevel(false, true), decoder: byteLevel(true, true) }),
};

// The file names what several tokenizers share: {"shared": name} in a model stands for its vocab and merges.
const shared = { words, whole, sp, spWithoutBytes, plainWords, unigramPieces: { vocab: unigramPieces }, wordPiece: { vocab: wordPiece.vocab }, level: { vocab: level.vocab } };
const shortened = (json) => {
  const name = Object.keys(shared).find((key) => shared[key].vocab === json.model.vocab && (!json.model.merges || shared[key].merges === json.model.merges));
  if (!name) return json;
  const { vocab, merges, ...rest } = json.model;
  return { ...json, model: { ...rest, shared: name } };
};
const result = [];
for (const [name, json] of Object.entries(tokenizers)) {
  const tokenizer = Tokenizer.fromString(JSON.stringify(json));
  const ids = [], decoded = [], all = {};
  for (const [i, text] of TEXTS.entries()) {
    ids.push((await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds());
    decoded.push(await tokenizer.decode(ids.at(-1), true));
    const withSpecial = await tokenizer.decode(ids.at(-1), false);
    if (withSpecial !== decoded.at(-1)) all[i] = withSpecial;
  }
  const prefixed = (await tokenizer.encode('hello', null, { addSpecialTokens: true })).getIds();
  result.push({ name, tokenizer: shortened(json), prefixed, ids, decoded: decoded.map((text, i) => (text === TEXTS[i] ? null : text)), all });
}
const lines = result.map((each) => JSON.stringify(each)).join(',\n');
process.stdout.write(`{"texts": ${JSON.stringify(TEXTS)},\n"shared": ${JSON.stringify(shared)},\n"tokenizers": [\n${lines}\n]}\n`);
