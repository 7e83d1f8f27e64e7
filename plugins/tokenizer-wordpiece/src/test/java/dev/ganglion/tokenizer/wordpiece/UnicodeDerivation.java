package dev.ganglion.tokenizer.wordpiece;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * Asks Hugging Face's tokenizer about every code point and writes down what it does: the text of
 * {@code unicode.txt}. No table of the JDK is consulted, whose Unicode version differs from JDK to
 * JDK and from each of the four that the reference mixes.
 *
 * <p>{@code java dev.ganglion.tokenizer.wordpiece.UnicodeDerivation
 * src/main/resources/dev/ganglion/tokenizer/wordpiece/unicode.txt} writes the file anew, when DJL's
 * version changes.
 */
final class UnicodeDerivation {
    private static final int BLOCK = 256;
    private static final String BERT_CUT = "{\"type\":\"BertPreTokenizer\"},";

    private static final String SINGLE_WORD =
            "{\"id\":256,\"content\":\"<x>\",\"single_word\":true,\"lstrip\":false,"
                    + "\"rstrip\":false,\"normalized\":false,\"special\":true}";

    private final int end;

    /** For the code points before {@code end}. */
    UnicodeDerivation(int end) {
        this.end = end;
    }

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), new UnicodeDerivation(0x110000).derive());
    }

    String derive() {
        String[] decomposed;
        String[] cleaned;
        String[] lowered;
        String[] spaced;
        String[] bare;
        String[] cut;
        String[] marked;
        String[] behind;
        try (Reference nfd = Reference.bytes("{\"type\":\"NFD\"}", "", "", false);
                Reference clean = Reference.bytes(bert(true, false, false), "", "", false);
                Reference lower = Reference.bytes("{\"type\":\"Lowercase\"}", "", "", false);
                Reference chinese = Reference.bytes(bert(false, true, false), "", "", false);
                Reference strip = Reference.bytes(bert(false, false, true), "", "", false);
                Reference pieces = Reference.bytes("null", BERT_CUT, "", false);
                Reference words = Reference.bytes("null", BERT_CUT, "", true);
                Reference single = Reference.bytes("null", "", SINGLE_WORD, false)) {
            decomposed = each("", nfd, "");
            cleaned = each("", clean, "");
            lowered = each("", lower, "");
            spaced = each("", chinese, "");
            bare = each("", strip, "");
            cut = each("", pieces, "");
            // Each word of the reference starts with a space: " c " where c stands alone.
            marked = each("", words, "");
            // The token, which leaves no bytes, is found unless it would cut a word.
            behind = each("", single, "<x>");
            return table(decomposed, cleaned, lowered, spaced, bare, cut, marked, behind)
                    + orders(nfd, decomposed);
        }
    }

    private static String bert(boolean clean, boolean chinese, boolean strip) {
        return "{\"type\":\"BertNormalizer\",\"clean_text\":"
                + clean
                + ",\"handle_chinese_chars\":"
                + chinese
                + ",\"strip_accents\":"
                + strip
                + ",\"lowercase\":false}";
    }

    private static boolean scalar(int codePoint) {
        return codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE;
    }

    /** What becomes of each code point between two other characters and signs left alone. */
    private String[] each(String before, Reference reference, String after) {
        String[] results = new String[end];
        for (int first = 0; first < end; first += BLOCK) {
            if (!scalar(first)) {
                continue;
            }
            // A sign that is no letter, mark or punctuation, from another block.
            String separator = first == 0x2000 ? "\u00A9" : "\u20AC";
            StringBuilder text = new StringBuilder(separator);
            for (int codePoint = first; codePoint < first + BLOCK; codePoint++) {
                text.append(before).appendCodePoint(codePoint).append(after).append(separator);
            }
            String[] parts = reference.normalize(text.toString()).split(separator, -1);
            if (parts.length != BLOCK + 2) {
                throw new IllegalStateException("block " + Integer.toHexString(first));
            }
            System.arraycopy(parts, 1, results, first, BLOCK);
        }
        return results;
    }

    private String table(
            String[] decomposed,
            String[] cleaned,
            String[] lowered,
            String[] spaced,
            String[] bare,
            String[] cut,
            String[] marked,
            String[] behind) {
        String header =
                "# What Hugging Face tokenizers does with each code point, asked by"
                        + " UnicodeDerivation. Not edited by hand.\n";
        return header
                + "removed "
                + ranges(c -> cleaned[c].isEmpty())
                + "\nblank "
                + ranges(c -> cleaned[c].equals(" "))
                + "\nspace "
                + ranges(c -> cut[c].isEmpty())
                + "\npunctuation "
                // A mark of a word before it and one before the letter that follows it.
                + ranges(c -> !cut[c].isEmpty() && marked[c].equals(" " + text(c) + " "))
                + "\nideograph "
                + ranges(c -> spaced[c].equals(" " + text(c) + " ") && c != ' ')
                + "\nword "
                + ranges(c -> behind[c].endsWith("<x>"))
                + "\nnonspacing "
                + ranges(c -> decomposed[c].equals(text(c)) && bare[c].isEmpty())
                + "\nlower "
                + changes(lowered, c -> true)
                + "\ndecompose "
                + changes(decomposed, c -> !decomposed[c].equals(hangul(c)))
                + "\n";
    }

    private static String text(int codePoint) {
        return Character.toString(codePoint);
    }

    /** The decomposition of a Hangul syllable by arithmetic; null for others. */
    private static String hangul(int codePoint) {
        int index = codePoint - 0xAC00;
        if (index < 0 || index >= 11172) {
            return null;
        }
        String two = text(0x1100 + index / 588) + text(0x1161 + index % 588 / 28);
        return index % 28 == 0 ? two : two + text(0x11A7 + index % 28);
    }

    private String ranges(IntPredicate holds) {
        List<String> ranges = new ArrayList<>();
        for (int c = 0; c < end; c++) {
            if (scalar(c) && holds.test(c)) {
                int from = c;
                while (c + 1 < end && scalar(c + 1) && holds.test(c + 1)) {
                    c++;
                }
                ranges.add(
                        Integer.toHexString(from) + (c > from ? "-" + Integer.toHexString(c) : ""));
            }
        }
        return String.join(" ", ranges);
    }

    private String changes(String[] results, IntPredicate listed) {
        List<String> changes = new ArrayList<>();
        for (int c = 0; c < end; c++) {
            if (scalar(c) && !results[c].equals(text(c)) && listed.test(c)) {
                changes.add(
                        Integer.toHexString(c)
                                + "="
                                + results[c]
                                        .codePoints()
                                        .mapToObj(Integer::toHexString)
                                        .collect(Collectors.joining(",")));
            }
        }
        return String.join(" ", changes);
    }

    /**
     * The classes in which combining characters are sorted, found by trying which two change
     * places: one line per class, in rising order.
     */
    private String orders(Reference nfd, String[] decomposed) {
        // U+0345 has the highest class of all and U+0334 the lowest: a starter passes neither.
        String[] beforeHighest = each("\u0345", nfd, "");
        String[] afterLowest = each("", nfd, "\u0334");
        List<Integer> representatives = new ArrayList<>();
        Map<Integer, Integer> classOf = new TreeMap<>();
        for (int c = 0; c < end; c++) {
            boolean combining =
                    scalar(c)
                            && decomposed[c].equals(text(c))
                            && c != 0x345
                            && c != 0x334
                            && (beforeHighest[c].equals(text(c) + "\u0345")
                                    || afterLowest[c].equals("\u0334" + text(c)));
            if (!combining && c != 0x345 && c != 0x334) {
                continue;
            }
            boolean known = false;
            for (int representative : representatives) {
                if (!swapped(nfd, c, representative) && !swapped(nfd, representative, c)) {
                    classOf.put(c, representative);
                    known = true;
                    break;
                }
            }
            if (!known) {
                representatives.add(c);
                classOf.put(c, c);
            }
        }
        representatives.sort((a, b) -> swapped(nfd, a, b) ? 1 : swapped(nfd, b, a) ? -1 : 0);
        StringBuilder lines = new StringBuilder();
        for (int representative : representatives) {
            lines.append("order ")
                    .append(ranges(c -> classOf.containsKey(c) && classOf.get(c) == representative))
                    .append('\n');
        }
        return lines.toString();
    }

    private static boolean swapped(Reference nfd, int first, int second) {
        return nfd.normalize("x" + text(first) + text(second))
                .equals("x" + text(second) + text(first));
    }
}
