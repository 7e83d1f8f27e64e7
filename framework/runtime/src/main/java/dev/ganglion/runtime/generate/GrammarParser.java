package dev.ganglion.runtime.generate;

import dev.ganglion.api.data.GanglionException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads GBNF, one rule after the other. */
final class GrammarParser {
    /** As in llama.cpp. */
    private static final int MOST_REPETITIONS = 2000;

    private static final int DEEPEST = 200;

    private final GrammarText text;
    private final Map<String, GrammarNode> rules = new LinkedHashMap<>();
    private int depth;

    GrammarParser(GrammarText text) {
        this.text = text;
    }

    /** {@return what each rule says, by its name, in order} */
    Map<String, GrammarNode> parse() {
        text.skipBlanks(true);
        while (text.peek() != GrammarText.END) {
            rule();
            text.skipBlanks(true);
        }
        return rules;
    }

    private void rule() {
        int start = text.position();
        String name = name("the name of a rule (letters, digits, - and _)");
        text.skipBlanks(false);
        if (!text.takeIf("::=")) {
            throw text.expected("'::=' after the name of rule '" + name + "'");
        }
        text.skipBlanks(true);
        GrammarNode node = alternatives(false);
        int next = text.peek();
        if (next != GrammarText.END && next != '\n' && next != '\r') {
            throw text.expected("the end of rule '" + name + "', or more of it,");
        }
        if (rules.put(name, node) != null) {
            throw text.wrong(
                    start,
                    "another name expected, found a second rule '"
                            + name
                            + "'; join the two with | in one rule");
        }
    }

    private static boolean isName(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '_';
    }

    private String name(String what) {
        int start = text.position();
        while (isName(text.peek())) {
            text.take();
        }
        if (text.position() == start) {
            throw text.expected(what);
        }
        return text.since(start);
    }

    private GrammarNode alternatives(boolean nested) {
        List<GrammarNode> found = new ArrayList<>();
        found.add(sequence(nested));
        while (text.takeIf("|")) {
            text.skipBlanks(true);
            found.add(sequence(nested));
        }
        return found.size() == 1 ? found.get(0) : new GrammarNode.Choice(found);
    }

    private GrammarNode sequence(boolean nested) {
        List<GrammarNode> parts = new ArrayList<>();
        GrammarNode part = part();
        while (part != null) {
            text.skipBlanks(nested);
            GrammarNode repeated = repeated(part, nested);
            while (repeated != part) {
                part = repeated;
                repeated = repeated(part, nested);
            }
            parts.add(part);
            part = part();
        }
        return parts.size() == 1 ? parts.get(0) : new GrammarNode.Sequence(parts);
    }

    /** {@return what comes next, or null when it is the end of the sequence} */
    private @Nullable GrammarNode part() {
        int start = text.position();
        int next = text.peek();
        if (next == '"') {
            return literal();
        }
        if (next == '[') {
            return characters();
        }
        if (next == '.') {
            text.take();
            return oneOf(start, List.of(), true);
        }
        if (next == '(') {
            return group();
        }
        if (isName(next)) {
            return new GrammarNode.Reference(name("a rule"), start);
        }
        if (next == '<' || next == '!') {
            throw text.expected("text in quotes instead of a token");
        }
        return null;
    }

    private GrammarNode group() {
        if (++depth > DEEPEST) {
            throw text.expected("at most " + DEEPEST + " groups inside one another");
        }
        text.take();
        text.skipBlanks(true);
        GrammarNode inside = alternatives(true);
        if (!text.takeIf(")")) {
            throw text.expected("')'");
        }
        depth--;
        return inside;
    }

    private GrammarNode literal() {
        int start = text.position();
        text.take();
        StringBuilder said = new StringBuilder();
        while (text.peek() != '"') {
            if (text.peek() == GrammarText.END) {
                throw text.wrong(
                        start,
                        "a closing '\"' expected for the one here, found the end of the text");
            }
            int at = text.position();
            int codePoint = character();
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw text.wrong(at, "a character expected, found half of one: " + text.since(at));
            }
            said.appendCodePoint(codePoint);
        }
        text.take();
        return new GrammarNode.Literal(said.toString().getBytes(StandardCharsets.UTF_8));
    }

    private GrammarNode characters() {
        int start = text.position();
        text.take();
        boolean negated = text.takeIf("^");
        List<int[]> ranges = new ArrayList<>();
        while (text.peek() != ']') {
            if (text.peek() == GrammarText.END) {
                throw text.wrong(
                        start,
                        "a closing ']' expected for the '[' here, found the end of the text");
            }
            int at = text.position();
            int first = character();
            int last = first;
            if (text.peek() == '-' && text.peekSecond() != ']') {
                text.take();
                if (text.peek() == GrammarText.END) {
                    continue;
                }
                last = character();
            }
            if (last < first) {
                throw text.wrong(
                        at,
                        "a range from a lower to a higher character expected, found '"
                                + text.since(at)
                                + "'");
            }
            ranges.add(new int[] {first, last});
        }
        text.take();
        return oneOf(start, ranges, negated);
    }

    private GrammarNode oneOf(int start, List<int[]> ranges, boolean negated) {
        CharacterClass characters = CharacterClass.of(ranges, negated);
        if (characters == null) {
            throw text.wrong(
                    start,
                    "at least one character expected, found '"
                            + text.since(start)
                            + "', which is none");
        }
        return new GrammarNode.OneOf(characters);
    }

    /** {@return a character as it is, or what stands for one after a backslash} */
    private int character() {
        if (text.peek() != '\\') {
            return text.take();
        }
        int start = text.position();
        text.take();
        int escaped = text.take();
        return switch (escaped) {
            case 'x' -> hexadecimal(start, 2);
            case 'u' -> hexadecimal(start, 4);
            case 'U' -> hexadecimal(start, 8);
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'n' -> '\n';
            case '\\', '"', '[', ']', '-' -> escaped;
            default ->
                    throw text.wrong(
                            start,
                            "one of \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\xXX \\uXXXX \\UXXXXXXXX"
                                    + " expected, found '"
                                    + text.since(start)
                                    + "'");
        };
    }

    private int hexadecimal(int start, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(text.peek(), 16);
            if (digit < 0 || text.peek() > 'f') {
                throw text.expected(
                        "digit "
                                + (i + 1)
                                + " of the "
                                + digits
                                + " of '"
                                + text.since(start)
                                + "'");
            }
            value = value << 4 | digit;
            text.take();
        }
        if (value > Character.MAX_CODE_POINT) {
            throw text.wrong(
                    start,
                    "a character up to \\U0010FFFF expected, found '" + text.since(start) + "'");
        }
        return (int) value;
    }

    /** {@return the part as often as the sign after it says; the part itself without one} */
    private GrammarNode repeated(GrammarNode part, boolean nested) {
        int start = text.position();
        int least = 0;
        int most = GrammarNode.Repeat.UNLIMITED;
        if (text.takeIf("?")) {
            most = 1;
        } else if (text.takeIf("+")) {
            least = 1;
        } else if (text.takeIf("{")) {
            text.skipBlanks(nested);
            least = count();
            text.skipBlanks(nested);
            if (text.takeIf(",")) {
                text.skipBlanks(nested);
                most = text.peek() == '}' ? most : count();
                text.skipBlanks(nested);
            } else {
                most = least;
            }
            if (!text.takeIf("}")) {
                throw text.expected("'}'");
            }
            if (most < least) {
                throw text.wrong(
                        start,
                        "at least and then at most how often expected, found '"
                                + text.since(start)
                                + "'");
            }
        } else if (!text.takeIf("*")) {
            return part;
        }
        text.skipBlanks(nested);
        return new GrammarNode.Repeat(part, least, most);
    }

    private int count() {
        int start = text.position();
        long value = 0;
        while (text.peek() >= '0' && text.peek() <= '9' && value <= MOST_REPETITIONS) {
            value = 10 * value + text.take() - '0';
        }
        if (text.position() == start || value > MOST_REPETITIONS) {
            GanglionException refused =
                    text.position() == start
                            ? text.expected("a number from 0 to " + MOST_REPETITIONS)
                            : text.wrong(
                                    start,
                                    "a number from 0 to "
                                            + MOST_REPETITIONS
                                            + " expected, found more");
            throw refused;
        }
        return (int) value;
    }
}
