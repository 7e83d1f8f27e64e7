package dev.ganglion.tokenizer.wordpiece;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What Hugging Face's tokenizers does with each code point, read from {@code unicode.txt}: the
 * JDK's own tables are of another Unicode version in each JDK, and the reference mixes several.
 */
final class Characters {
    /** Dropped when text is cleaned. */
    static final int REMOVED = 1;

    /** Becomes a space when text is cleaned. */
    static final int BLANK = 1 << 1;

    /** Stands between words. */
    static final int SPACE = 1 << 2;

    /** Is a word of its own. */
    static final int PUNCTUATION = 1 << 3;

    /** Gets spaces around it. */
    static final int IDEOGRAPH = 1 << 4;

    /** Is part of a word where an added token must be a word of its own. */
    static final int WORD = 1 << 5;

    /** Is an accent. */
    static final int NONSPACING = 1 << 6;

    /** Has a {@link #LOWER} case. */
    static final int LOWERED = 1 << 7;

    /** Has a canonical decomposition: see {@link #DECOMPOSITION}, or a Hangul syllable. */
    static final int DECOMPOSED = 1 << 8;

    /** From here on, the place of a combining character among others; 0 does not combine. */
    static final int ORDER_SHIFT = 9;

    static final int HANGUL_FIRST = 0xAC00;
    static final int HANGUL_LAST = 0xD7A3;

    static final Change LOWER;
    static final Change DECOMPOSITION;

    private static final int CODE_POINTS = 0x110000;
    private static final int BLOCK_SHIFT = 7;
    private static final int BLOCK = 1 << BLOCK_SHIFT;

    /**
     * Where the block of a code point starts in {@link #FLAGS}, in blocks: equal ones are shared.
     */
    private static final short[] BLOCKS = new short[CODE_POINTS >> BLOCK_SHIFT];

    private static final short[] FLAGS;

    static {
        short[] flags = new short[CODE_POINTS];
        Map<String, Change> changes = read(flags);
        LOWER = changes.getOrDefault("lower", Change.NONE);
        DECOMPOSITION = changes.getOrDefault("decompose", Change.NONE);
        Arrays.stream(LOWER.from).forEach(codePoint -> flags[codePoint] |= LOWERED);
        Arrays.stream(DECOMPOSITION.from).forEach(codePoint -> flags[codePoint] |= DECOMPOSED);
        for (int codePoint = HANGUL_FIRST; codePoint <= HANGUL_LAST; codePoint++) {
            flags[codePoint] |= DECOMPOSED;
        }
        FLAGS = share(flags);
    }

    /**
     * What some code points turn into.
     *
     * @param from in rising order
     * @param starts where in {@code to} the code points of each start, and the end of the last
     */
    record Change(int[] from, int[] starts, int[] to) {
        static final Change NONE = new Change(new int[0], new int[1], new int[0]);

        /** {@return the index of a code point that is in {@link #from}} */
        int indexOf(int codePoint) {
            return Arrays.binarySearch(from, codePoint);
        }
    }

    private Characters() {}

    /** {@return the flags of a code point} */
    static int of(int codePoint) {
        int block = BLOCKS[codePoint >> BLOCK_SHIFT];
        return FLAGS[(block << BLOCK_SHIFT) + (codePoint & BLOCK - 1)];
    }

    private static Map<String, Change> read(short[] flags) {
        Map<String, Change> changes = new HashMap<>();
        int order = 0;
        try (InputStream stream = Characters.class.getResourceAsStream("unicode.txt")) {
            if (stream == null) {
                throw new IllegalStateException("unicode.txt is missing beside this class");
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "#" -> {}
                    case "lower", "decompose" -> changes.put(words[0], change(words));
                    case "order" -> set(flags, words, ++order << ORDER_SHIFT);
                    default -> set(flags, words, flag(words[0]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return changes;
    }

    private static int flag(String name) {
        return switch (name) {
            case "removed" -> REMOVED;
            case "blank" -> BLANK;
            case "space" -> SPACE;
            case "punctuation" -> PUNCTUATION;
            case "ideograph" -> IDEOGRAPH;
            case "word" -> WORD;
            case "nonspacing" -> NONSPACING;
            default -> throw new IllegalStateException("unicode.txt: what is '" + name + "'?");
        };
    }

    private static void set(short[] flags, String[] ranges, int flag) {
        for (int i = 1; i < ranges.length; i++) {
            int dash = ranges[i].indexOf('-');
            int first = hex(ranges[i], 0, dash < 0 ? ranges[i].length() : dash);
            int last = hex(ranges[i], dash + 1, ranges[i].length());
            for (int codePoint = first; codePoint <= last; codePoint++) {
                flags[codePoint] |= (short) flag;
            }
        }
    }

    private static Change change(String[] words) {
        int[] from = new int[words.length - 1];
        int[] starts = new int[words.length];
        int[] to = new int[4 * from.length];
        int size = 0;
        for (int i = 0; i < from.length; i++) {
            String word = words[i + 1];
            int at = word.indexOf('=');
            from[i] = hex(word, 0, at);
            while (at < word.length()) {
                int comma = word.indexOf(',', at + 1);
                int end = comma < 0 ? word.length() : comma;
                to[size++] = hex(word, at + 1, end);
                at = end;
            }
            starts[i + 1] = size;
        }
        return new Change(from, starts, Arrays.copyOf(to, size));
    }

    private static int hex(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 16);
    }

    private static short[] share(short[] flags) {
        short[] shared = new short[flags.length];
        Map<Integer, Integer> byHash = new HashMap<>();
        int blocks = 0;
        int block = 0;
        for (int from = 0; from < flags.length; from += BLOCK) {
            // Most are like the one before: planes of which nothing is known, ideographs.
            if (from == 0 || !Arrays.equals(flags, from - BLOCK, from, flags, from, from + BLOCK)) {
                int hash = 0;
                for (int i = from; i < from + BLOCK; i++) {
                    hash = 31 * hash + flags[i];
                }
                int start = blocks << BLOCK_SHIFT;
                System.arraycopy(flags, from, shared, start, BLOCK);
                block = byHash.getOrDefault(hash, blocks);
                int known = block << BLOCK_SHIFT;
                if (!Arrays.equals(shared, known, known + BLOCK, flags, from, from + BLOCK)) {
                    block = blocks;
                }
                if (block == blocks) {
                    byHash.put(hash, blocks++);
                }
            }
            BLOCKS[from >> BLOCK_SHIFT] = (short) block;
        }
        return Arrays.copyOf(shared, blocks << BLOCK_SHIFT);
    }
}
