package dev.ganglion.runtime.cascade.rules;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The words of one text: lower case, without punctuation, contractions written out, {@code %} and
 * {@code °} as words, and where numbers stand. A word keeps its place in the text, so that what a
 * wildcard takes is what was said.
 */
final class Words {
    static final int MAX_WORDS = 40;
    static final int MAX_CHARACTERS = 300;

    private static final Map<String, String[]> CONTRACTIONS = new HashMap<>();
    private static final Map<String, Integer> SMALL = new HashMap<>();
    private static final Map<String, Integer> TENS = new HashMap<>();

    static {
        for (String each :
                """
                what's:what is|whats:what is|where's:where is|wheres:where is|who's:who is\
                |whos:who is|when's:when is|how's:how is|hows:how is|it's:it is|that's:that is\
                |there's:there is|i'm:i am|you're:you are|they're:they are|we're:we are\
                |i've:i have|you've:you have|i'd:i would|i'll:i will|isn't:is not|aren't:are not\
                |don't:do not|dont:do not|doesn't:does not|can't:can not|cannot:can not\
                |won't:will not|didn't:did not|wasn't:was not|let's:let us"""
                        .split("\\|")) {
            CONTRACTIONS.put(
                    each.substring(0, each.indexOf(':')),
                    each.substring(each.indexOf(':') + 1).split(" "));
        }
        String[] small =
                """
                zero one two three four five six seven eight nine ten eleven twelve thirteen\
                 fourteen fifteen sixteen seventeen eighteen nineteen"""
                        .split(" ");
        for (int i = 0; i < small.length; i++) {
            SMALL.put(small[i], i);
        }
        String[] tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
        for (int i = 0; i < tens.length; i++) {
            TENS.put(tens[i], 20 + 10 * i);
        }
    }

    private final String text;
    private final String[] words = new String[MAX_WORDS];
    private final int[] starts = new int[MAX_WORDS];
    private final int[] ends = new int[MAX_WORDS];
    private int count;

    private Words(String text) {
        this.text = text;
    }

    /** {@return the words of a text; none when it is longer than what is looked at} */
    static Words of(CharSequence said) {
        if (said.length() > MAX_CHARACTERS) {
            return new Words("");
        }
        Words words = new Words(said.toString().toLowerCase(Locale.ROOT).replace('\u2019', '\''));
        return words.split() ? words : new Words("");
    }

    int count() {
        return count;
    }

    String word(int index) {
        return words[index];
    }

    /** {@return what stands in the text from a word up to, not including, another} */
    String said(int from, int to) {
        return text.substring(starts[from], ends[to - 1]);
    }

    private boolean split() {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '%' || c == '\u00b0') {
                if (!add(c == '%' ? "percent" : "degrees", at, at + 1)) {
                    return false;
                }
                at++;
            } else if (isInside(at)) {
                int end = at + 1;
                while (end < text.length() && isInside(end)) {
                    end++;
                }
                if (!addToken(at, end)) {
                    return false;
                }
                at = end;
            } else {
                at++;
            }
        }
        return true;
    }

    /** Whether a character belongs to a word: inside of one, a few signs do. */
    private boolean isInside(int at) {
        char c = text.charAt(at);
        if (Character.isLetterOrDigit(c)) {
            return true;
        }
        boolean letterBefore = at > 0 && Character.isLetterOrDigit(text.charAt(at - 1));
        boolean letterAfter =
                at + 1 < text.length() && Character.isLetterOrDigit(text.charAt(at + 1));
        return switch (c) {
            case '\'' -> letterAfter && (letterBefore || endsWithS(at));
            case '&', '/' -> letterBefore && letterAfter;
            case '-' -> letterAfter && (letterBefore || Character.isDigit(text.charAt(at + 1)));
            case '.' ->
                    letterBefore
                            && letterAfter
                            && Character.isDigit(text.charAt(at - 1))
                            && Character.isDigit(text.charAt(at + 1));
            default -> false;
        };
    }

    /** Whether a possessive 's stands there. */
    private boolean endsWithS(int at) {
        return text.charAt(at + 1) == 's'
                && (at + 2 == text.length() || !Character.isLetterOrDigit(text.charAt(at + 2)));
    }

    private boolean addToken(int start, int end) {
        String token = text.substring(start, end);
        String[] whole = CONTRACTIONS.get(token);
        if (whole != null) {
            return add(whole[0], start, end) && add(whole[1], start, end);
        }
        if (token.length() > 2 && token.endsWith("'s")) {
            return addToken(start, end - 2) && add("'s", end - 2, end);
        }
        int hyphen = token.indexOf('-');
        if (hyphen > 0 && TENS.containsKey(token.substring(0, hyphen))) {
            return add(token.substring(0, hyphen), start, start + hyphen)
                    && add(token.substring(hyphen + 1), start + hyphen + 1, end);
        }
        return add(token, start, end);
    }

    private boolean add(String word, int start, int end) {
        if (count == MAX_WORDS) {
            return false;
        }
        words[count] = word;
        starts[count] = start;
        ends[count] = end;
        count++;
        return true;
    }

    /** {@return where the longest number that begins at a word ends; -1 when none does} */
    int numberEnd(int at) {
        String first = words[at];
        if (isDigits(first) || "zero".equals(first)) {
            return at + 1;
        }
        int next = smallEnd(at);
        if (next < 0 && "a".equals(first) && is(at + 1, "hundred")) {
            next = at + 1;
        }
        if (next > 0 && is(next, "hundred")) {
            int rest = smallEnd(is(next + 1, "and") ? next + 2 : next + 1);
            return rest > 0 ? rest : next + 1;
        }
        return next;
    }

    /** {@return the value of the number that stands there} */
    double number(int from, int to) {
        if (to == from + 1 && isDigits(words[from])) {
            return Double.parseDouble(words[from]);
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            Integer small = SMALL.get(words[i]);
            Integer tens = TENS.get(words[i]);
            if (small != null) {
                value += small;
            } else if (tens != null) {
                value += tens;
            } else if ("hundred".equals(words[i])) {
                value = Math.max(1, value) * 100;
            }
        }
        return value;
    }

    /** Where a number below a hundred ends, or -1. */
    private int smallEnd(int at) {
        if (at >= count) {
            return -1;
        }
        if (TENS.containsKey(words[at])) {
            Integer unit = at + 1 < count ? SMALL.get(words[at + 1]) : null;
            return unit != null && unit > 0 && unit < 10 ? at + 2 : at + 1;
        }
        Integer small = SMALL.get(words[at]);
        return small != null && small > 0 ? at + 1 : -1;
    }

    private boolean is(int at, String word) {
        return at < count && word.equals(words[at]);
    }

    /** At most six digits before a point and three behind it: no number that loses its value. */
    private static boolean isDigits(String word) {
        int point = word.indexOf('.');
        int start = word.charAt(0) == '-' ? 1 : 0;
        int whole = (point < 0 ? word.length() : point) - start;
        if (whole < 1 || whole > 6 || (point >= 0 && word.length() - point > 4)) {
            return false;
        }
        for (int i = start; i < word.length(); i++) {
            if (i != point && (word.charAt(i) < '0' || word.charAt(i) > '9')) {
                return false;
            }
        }
        return point < 0 || word.length() - point > 1;
    }
}
